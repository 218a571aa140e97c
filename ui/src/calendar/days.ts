import {
  type CalendarDate,
  DateFormatter,
  parseAbsolute,
  parseDate,
  startOfWeek,
  toCalendarDateTime,
  toZoned,
} from "@internationalized/date";
import type { CalendarBooking, CalendarQuery } from "../bindings/types";

export type Span = "day" | "week";

/** The days that are shown: from the first to the one after the last. */
export type Days = { first: CalendarDate; after: CalendarDate };

export function daysOf(span: Span, day: string, locale: string): Days {
  const date = parseDate(day);
  if (span === "day") return { first: date, after: date.add({ days: 1 }) };
  const first = startOfWeek(date, locale);
  return { first, after: first.add({ weeks: 1 }) };
}

export function queryOf({ first, after }: Days, timeZone: string): CalendarQuery {
  // A day begins when the clock there says so, also on the days on which the clock is changed.
  const moment = (date: CalendarDate) => toZoned(date, timeZone).toAbsoluteString();
  return {
    from: moment(first),
    until: moment(after),
    firstDate: first.toString(),
    dateAfter: after.toString(),
  };
}

export function headingOf(span: Span, { first, after }: Days, locale: string): string {
  const long = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  const at = (date: CalendarDate) => date.toDate("UTC");
  if (span === "day") return new DateFormatter(locale, { weekday: "long", ...long }).format(at(first));
  return new DateFormatter(locale, long).formatRange(at(first), at(after.subtract({ days: 1 })));
}

/** The first day of the week as the calendar counts: Sunday is 0. */
export function firstWeekday(locale: string): number {
  return startOfWeek(parseDate("2026-01-01"), locale).toDate("UTC").getUTCDay();
}

/** A booking whose end nobody knows is drawn this long. */
const UNKNOWN_END = { minutes: 30 };

export type WallTimes = { start: string; end: string; allDay: boolean };

/** What the clock on the person's wall says, without a zone: that is what the calendar draws. */
export function wallTimes(
  { start, end, date }: Pick<CalendarBooking, "start" | "end" | "date">,
  timeZone: string,
): WallTimes | null {
  if (start === null) {
    if (date === null) return null;
    const day = parseDate(date);
    return { start: day.toString(), end: day.add({ days: 1 }).toString(), allDay: true };
  }
  const wall = (at: string) => toCalendarDateTime(parseAbsolute(at, timeZone));
  const from = wall(start);
  const to = end === null ? null : wall(end);
  const shown = to !== null && to.compare(from) > 0 ? to : from.add(UNKNOWN_END);
  return { start: from.toString(), end: shown.toString(), allDay: false };
}

/** The hours that are drawn: those of a working day, and more where a booking lies outside them. */
export function hoursOf(times: WallTimes[]): { from: string; to: string } {
  let [from, to] = [8, 19];
  for (const { start, end, allDay } of times) {
    if (allDay) continue;
    const [startDay, startClock = ""] = start.split("T");
    const [endDay, endClock = ""] = end.split("T");
    from = Math.min(from, Number(startClock.slice(0, 2)));
    to = Math.max(to, Number(endClock.slice(0, 2)) + (endClock.slice(3, 5) === "00" ? 0 : 1));
    if (endDay !== startDay) [from, to] = [0, 24];
  }
  const clock = (hour: number) => `${String(hour).padStart(2, "0")}:00`;
  return { from: clock(from), to: clock(to) };
}
