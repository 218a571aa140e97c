import type { CalendarBooking, CalendarQuery, TimelineEntry } from "../../bindings/types";
import { bookingFrom } from "./world";

export function calendarOf(entries: TimelineEntry[], query: CalendarQuery): CalendarBooking[] {
  const byBooking = new Map<string, TimelineEntry[]>();
  for (const entry of entries)
    if (entry.bookingId !== null)
      byBooking.set(entry.bookingId, [...(byBooking.get(entry.bookingId) ?? []), entry]);
  const bookings = [...byBooking.values()].map(bookingFrom).filter(({ start, end, date }) => {
    if (start !== null) return start < query.until && (end ?? start) >= query.from;
    return date !== null && date >= query.firstDate && date < query.dateAfter;
  });
  bookings.sort((a, b) => (a.start ?? "").localeCompare(b.start ?? "") || a.id.localeCompare(b.id));
  const inTheWay = bookings.filter(
    ({ start, status }) => start !== null && status !== "cancelled" && status !== "no_show",
  );
  const overlap = (one: CalendarSpan, other: CalendarSpan) =>
    other.start! < (one.end ?? one.start!) && one.start! < (other.end ?? other.start!);
  return bookings.map((booking) => ({
    ...booking,
    overlaps: inTheWay.includes(booking)
      ? inTheWay.filter((other) => other !== booking && overlap(booking, other)).map((other) => other.id)
      : [],
  }));
}

type CalendarSpan = Pick<CalendarBooking, "start" | "end">;
