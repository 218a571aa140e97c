import type { Card } from "../bindings/types";
import { hoursAndMinutes, timeLeft } from "../shared/times";
import { t } from "../words/words.svelte";

const HOUR = 3_600_000;

/** How soon a booking begins: to the second in its last hour. */
export function soonness({ start }: Pick<Card, "start">, now: Date): string {
  if (start === null) return t("reminders.card.today");
  const left = Date.parse(start) - now.getTime();
  if (left >= HOUR) return t("reminders.card.soon", { left: hoursAndMinutes(left) });
  if (left > 0) return t("reminders.card.soon", { left: timeLeft(left) });
  if (left > -60_000) return t("reminders.card.now");
  return t("reminders.card.begun", { ago: hoursAndMinutes(-left) });
}
