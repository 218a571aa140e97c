import { t } from "../words/words.svelte";

/** How two bookings are in each other's way; `null` minutes: they want the same time. */
export function closeness(minutesBetween: number | null): string {
  if (minutesBetween === null) return t("overlaps.sameTime");
  return minutesBetween === 0 ? t("overlaps.noTime") : t("overlaps.onlyMinutes", { count: minutesBetween });
}
