import { parseDate } from "@internationalized/date";
import type { TimelineEntry } from "../bindings/types";
import { hoursAndMinutes, type Times } from "../shared/times";
import { t } from "../words/words.svelte";

const HOUR = 3_600_000;

/** How long before its time a booking was moved or called off, and whether that was short. */
export type Notice = { text: string; short: boolean };

/** `null` where it was neither, or where its time is not known. */
export function noticeOf(entry: TimelineEntry, times: Times): Notice | null {
  if (entry.kind !== "rescheduled" && entry.kind !== "cancelled") return null;
  const moved = entry.kind === "rescheduled";
  const at = entry.occurredAt ?? entry.receivedAt;
  const said = moved
    ? before(at, entry.previousStart, entry.previousDate, times)
    : before(at, entry.start, entry.date, times);
  if (said === null) return null;
  const text = moved
    ? t("timeline.notice.moved", { before: said.text })
    : t("timeline.notice.cancelled", { before: said.text });
  return { text, short: said.short };
}

function before(at: string, start: string | null, date: string | null, times: Times): Notice | null {
  if (start !== null) {
    const left = Date.parse(start) - Date.parse(at);
    if (left <= 0) return { text: t("timeline.notice.begun"), short: true };
    // Of half a day and more nobody counts the minutes.
    const length = hoursAndMinutes(left < 12 * HOUR ? left : Math.round(left / HOUR) * HOUR);
    return { text: t("timeline.notice.length", { length }), short: left < 24 * HOUR };
  }
  if (date === null) return null;
  const days = daysBefore(times.dayKey(at), date);
  if (days === null) return null;
  if (days < 0) return { text: t("timeline.notice.dayOver"), short: true };
  if (days === 0) return { text: t("timeline.notice.sameDay"), short: true };
  if (days === 1) return { text: t("timeline.notice.dayBefore"), short: false };
  return { text: t("timeline.notice.days", { count: days }), short: false };
}

function daysBefore(day: string, date: string): number | null {
  try {
    return parseDate(date).compare(parseDate(day));
  } catch {
    // A date that no calendar has.
    return null;
  }
}

/** How much later than the event its call came, or `null` where that says nothing. */
export function lateBy({ late, occurredAt, receivedAt }: TimelineEntry): string | null {
  if (!late || occurredAt === null) return null;
  const later = Date.parse(receivedAt) - Date.parse(occurredAt);
  return later < 60_000 ? null : hoursAndMinutes(later);
}
