import type { Words } from "../en";
import { calendar } from "./calendar";
import { deliveries } from "./deliveries";
import { overview } from "./overview";
import { shared } from "./shared";
import { settings } from "./settings";
import { shell } from "./shell";

export const de: Words = { calendar, deliveries, overview, settings, shared, shell };

export { program } from "./program";
