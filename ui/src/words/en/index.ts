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

/** A file for each folder of screens. `{{name}}` is filled in; `_one` and `_other` are chosen by `count`. */
export const en = {
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

type AnyText<Tree> = { [Key in keyof Tree]: Tree[Key] extends string ? string : AnyText<Tree[Key]> };

/** What every language has to say. */
export type Words = AnyText<typeof en>;
