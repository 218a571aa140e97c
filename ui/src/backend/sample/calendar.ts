import type { CalendarBooking, CalendarQuery } from "../../bindings/types";
import { allPairs, bookingsOf, inCalendar } from "./overlaps";
import type { World } from "./world";

export function calendarOf(world: World, query: CalendarQuery): CalendarBooking[] {
  const bookings = bookingsOf(world).filter(({ start, end, date }) => {
    if (start !== null) return start < query.until && (end ?? start) >= query.from;
    return date !== null && date >= query.firstDate && date < query.dateAfter;
  });
  bookings.sort((a, b) => (a.start ?? "").localeCompare(b.start ?? "") || a.id.localeCompare(b.id));
  const open = allPairs(world).filter(({ key }) => !world.accepted.has(key));
  return bookings.map((booking) => ({
    ...inCalendar(booking),
    overlaps: open.flatMap(({ earlier, later }) => {
      if (earlier.id === booking.id) return [later.id];
      return later.id === booking.id ? [earlier.id] : [];
    }),
  }));
}
