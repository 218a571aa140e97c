import type { Words } from "../en";
import { booking } from "./booking";
import { calendar } from "./calendar";
import { deliveries } from "./deliveries";
import { overview } from "./overview";
import { shared } from "./shared";
import { shell } from "./shell";
import { timeline } from "./timeline";

export const de: Words = { booking, calendar, deliveries, overview, shared, shell, timeline };

export { program } from "./program";
