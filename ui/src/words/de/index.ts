import type { Words } from "../en";
import { calendar } from "./calendar";
import { deliveries } from "./deliveries";
import { endpoints } from "./endpoints";
import { overview } from "./overview";
import { palette } from "./palette";
import { shared } from "./shared";
import { shell } from "./shell";
import { welcome } from "./welcome";

export const de: Words = { calendar, deliveries, endpoints, overview, palette, shared, shell, welcome };

export { program } from "./program";
