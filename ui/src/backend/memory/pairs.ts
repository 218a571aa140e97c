import type { BookingOverlap, CalendarBooking, Endpoint, OverlapPair } from "../../bindings/types";
import type { World } from "../sample/world";
import { bookingsOf, type Folded } from "./folding";

/** Two bookings that are in each other's way. `key` says which, and at which times. */
type Pair = OverlapPair & { key: string };

type Timed = CalendarBooking & { endpointId: string; start: string };

const MINUTE = 60_000;

export const inCalendar = (booking: Folded): CalendarBooking & { endpointId: string } => {
  const { id, provider, endpointId, endpointLabel, status, title, start, end, date, attendee, host } =
    booking;
  return {
    ...{ id, provider, endpointId, endpointLabel, status, title, start, end, date, attendee, host },
    overlaps: [],
  };
};

const until = ({ start, end }: Timed) => Math.max(Date.parse(end ?? start), Date.parse(start) + 1);

function pairsAmong(bookings: Folded[], endpoints: Endpoint[]): Pair[] {
  const buffers = new Map(endpoints.map(({ id, bufferMinutes }) => [id, bufferMinutes]));
  const bufferOf = ({ endpointId }: Timed) => buffers.get(endpointId) ?? 0;
  const widest = Math.max(0, ...buffers.values());
  const timed = bookings
    .map(inCalendar)
    .filter(
      (one): one is Timed => one.start !== null && one.status !== "cancelled" && one.status !== "no_show",
    )
    .sort((a, b) => a.start.localeCompare(b.start) || a.id.localeCompare(b.id));
  return timed.flatMap((earlier, index) => {
    const pairs: Pair[] = [];
    for (const later of timed.slice(index + 1)) {
      const between = Date.parse(later.start) - until(earlier);
      if (between >= widest * MINUTE && between >= 0) break;
      if (between >= 0 && between >= Math.max(bufferOf(earlier), bufferOf(later)) * MINUTE) continue;
      const minutesBetween = between < 0 ? null : Math.floor(between / MINUTE);
      const key = [earlier.id, later.id, earlier.start, earlier.end, later.start, later.end].join();
      pairs.push({ earlier, later, minutesBetween, key });
    }
    return pairs;
  });
}

const isOver = ({ earlier, later }: Pair, now: Date) =>
  Math.min(until(earlier as Timed), until(later as Timed)) <= now.getTime();

/** All pairs, accepted ones and those that are over among them. */
export function allPairs(world: World): Pair[] {
  return pairsAmong(bookingsOf(world), world.endpoints);
}

/** What is neither accepted nor over. */
export function openPairs(world: World, now: Date): Pair[] {
  const ahead = bookingsOf(world).filter(({ start, end }) => Date.parse(end ?? start ?? "") > now.getTime());
  return pairsAmong(ahead, world.endpoints).filter(
    (pair) => !world.accepted.has(pair.key) && !isOver(pair, now),
  );
}

export const withoutKey = ({ earlier, later, minutesBetween }: Pair): OverlapPair => ({
  earlier,
  later,
  minutesBetween,
});

export function overlapsOf(world: World, id: string, now: Date): BookingOverlap[] {
  return allPairs(world)
    .filter(({ earlier, later }) => earlier.id === id || later.id === id)
    .map((pair) => ({
      with: pair.earlier.id === id ? pair.later : pair.earlier,
      minutesBetween: pair.minutesBetween,
      acceptedAt: world.accepted.get(pair.key) ?? null,
      over: isOver(pair, now),
    }));
}
