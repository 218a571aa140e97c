import type { Booking, StoryStep, TimelineEntry } from "../../bindings/types";
import type { World } from "../sample/world";

const happened = (entry: TimelineEntry) => entry.occurredAt ?? entry.receivedAt;

/** A booking as its events tell of it. */
export type Folded = Omit<Booking, "doneAt" | "notes" | "overlaps" | "others">;

/** A booking as it stands is folded from its events, as in the program. */
export function foldedOf(events: TimelineEntry[]): Folded {
  const told = [...events].sort((a, b) => happened(a).localeCompare(happened(b)));
  const first = told[0]!;
  const last = told.at(-1)!;
  return {
    id: first.bookingId!,
    provider: last.provider,
    endpointId: last.endpointId,
    endpointLabel: last.endpointLabel,
    status: last.bookingStatus ?? "pending",
    title: last.title,
    start: last.start,
    end: last.end,
    date: last.date,
    attendee: last.attendee,
    host: last.host,
    reason: told.findLast((event) => event.reason !== null)?.reason ?? null,
    createdAt: happened(first),
    updatedAt: happened(last),
    events: told.map((event, index) => ({ ...event, changes: changesOf(told[index - 1], event) })),
  };
}

function changesOf(before: TimelineEntry | undefined, after: TimelineEntry): StoryStep["changes"] {
  if (!before) return [];
  const texts = [
    ["title", before.title, after.title],
    ["host", before.host, after.host],
    ["name", before.attendee.name, after.attendee.name],
    ["email", before.attendee.email, after.attendee.email],
    ["phone", before.attendee.phone, after.attendee.phone],
  ] as const;
  return texts.flatMap(([field, from, to]) => (to !== null && from !== to ? [{ field, from, to }] : []));
}

export function bookingsOf({ entries }: World): Folded[] {
  const byBooking = new Map<string, TimelineEntry[]>();
  for (const entry of entries) {
    if (entry.bookingId === null) continue;
    const events = byBooking.get(entry.bookingId);
    if (events) events.push(entry);
    else byBooking.set(entry.bookingId, [entry]);
  }
  return [...byBooking.values()].map(foldedOf);
}
