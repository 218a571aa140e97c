import type { Words } from "../en";
import { booking } from "./booking";
import { calendar } from "./calendar";
import { deliveries } from "./deliveries";
import { digest } from "./digest";
import { endpoints } from "./endpoints";
import { notices } from "./notices";
import { overlaps } from "./overlaps";
import { overview } from "./overview";
import { palette } from "./palette";
import { reminders } from "./reminders";
import { rules } from "./rules";
import { shared } from "./shared";
import { settings } from "./settings";
import { shell } from "./shell";
import { timeline } from "./timeline";
import { welcome } from "./welcome";

export const de: Words = {
  booking,
  calendar,
  deliveries,
  digest,
  endpoints,
  notices,
  overlaps,
  overview,
  palette,
  reminders,
  rules,
  settings,
  shared,
  shell,
  timeline,
  welcome,
};

export { program } from "./program";
