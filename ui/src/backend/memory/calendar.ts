import type { CalendarBooking, CalendarQuery, DayCount, Overview, TimelineEntry } from "../../bindings/types";
import type { Backend } from "../backend";
import type { World } from "../sample/world";
import { bookingsOf } from "./folding";
import { allPairs, inCalendar } from "./pairs";
import type { Memory } from "./state";

export function calendar(memory: Memory) {
  return {
    async calendar(query) {
      return calendarOf(memory.world, query);
    },

    async overview(since) {
      return overviewOf(memory.world.entries.filter((entry) => entry.receivedAt >= since));
    },
  } satisfies Partial<Backend>;
}

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

const LEAD_DAYS = [0, 1, 3, 7, 14, 30];
const DAY = 86_400_000;

function overviewOf(entries: TimelineEntry[]): Overview {
  const days = new Map<string, DayCount>();
  const lead = [...LEAD_DAYS, 0].fill(0);
  const hours = Array.from({ length: 24 }, () => 0);
  for (const { kind, provider, occurredAt, receivedAt, start } of entries) {
    if (kind !== "created" && kind !== "rescheduled" && kind !== "cancelled") continue;
    const date = (occurredAt ?? receivedAt).slice(0, 10);
    const key = `${date} ${provider}`;
    const day = days.get(key) ?? { date, provider, created: 0, rescheduled: 0, cancelled: 0 };
    day[kind] += 1;
    days.set(key, day);
    if (kind !== "created" || start === null) continue;
    const ahead = Math.floor((Date.parse(start.slice(0, 10)) - Date.parse(date)) / DAY);
    const bucket = LEAD_DAYS.findIndex((end) => ahead <= end);
    lead[bucket === -1 ? LEAD_DAYS.length : bucket]! += 1;
    hours[new Date(start).getHours()]! += 1;
  }
  const count = (kind: string) => entries.filter((entry) => entry.kind === kind).length;
  return {
    days: [...days.values()].sort((a, b) => a.date.localeCompare(b.date)),
    leadDays: LEAD_DAYS,
    lead,
    hours,
    created: count("created"),
    cancelled: count("cancelled"),
  };
}
