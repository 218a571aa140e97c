import type { Words } from "../en";
import { booking } from "./booking";
import { calendar } from "./calendar";
import { deliveries } from "./deliveries";
import { overview } from "./overview";
import { shared } from "./shared";
import { settings } from "./settings";
import { shell } from "./shell";
import { timeline } from "./timeline";

export const de: Words = { booking, calendar, deliveries, overview, settings, shared, shell, timeline };

export { program } from "./program";
