import type { Gap, Note, TimelineEntry, TimelineQuery } from "../../bindings/types";
import type { Backend } from "../backend";
import { openPairs } from "./pairs";
import { pageOf } from "./paging";
import type { Memory } from "./state";

export function timeline(memory: Memory) {
  return {
    async timeline(query) {
      const { entries, notes, done } = memory.world;
      const notesOf = (bookingId: string | null) => (bookingId !== null && notes.get(bookingId)) || [];
      const found = entries.filter((entry) => fits(entry, query, notesOf(entry.bookingId)));
      const { page, next } = pageOf(found, (entry) => entry.eventId, query);
      const overlap = new Set(
        openPairs(memory.world, memory.now()).flatMap(({ earlier, later }) => [earlier.id, later.id]),
      );
      const shown = page.map((entry) => ({
        ...entry,
        done: entry.bookingId !== null && done.has(entry.bookingId),
        overlaps: entry.bookingId !== null && overlap.has(entry.bookingId),
      }));
      return { entries: shown, next };
    },

    async markRead(eventIds) {
      for (const entry of memory.world.entries) if (eventIds.includes(entry.eventId)) entry.unread = false;
      memory.changed({ timeline: true, status: true });
    },

    async gaps() {
      return gapsOf(memory);
    },
  } satisfies Partial<Backend>;
}

/** Endpoints that were removed are no longer among those that a gap met. */
export function gapsOf({ world, gapsKept }: Memory): Gap[] {
  const there = new Set(world.endpoints.map(({ id }) => id));
  const kept = gapsKept.map((gap) => ({
    ...gap,
    endpoints: gap.endpoints.filter(({ endpointId }) => there.has(endpointId)),
  }));
  return kept.filter(({ endpoints }) => endpoints.length > 0);
}

const sameText = (text: string | null, search: string) => text?.toLowerCase().includes(search) ?? false;

/** Whether an entry answers a query, cursor and limit aside. */
function fits(entry: TimelineEntry, query: TimelineQuery, notes: Note[]): boolean {
  const search = query.search?.trim().toLowerCase();
  const { name, email, phone } = entry.attendee;
  return (
    (!query.kind || entry.kind === query.kind) &&
    (!query.provider || entry.provider === query.provider) &&
    (!query.endpointId || entry.endpointId === query.endpointId) &&
    (!query.unread || entry.unread) &&
    (query.since === null || entry.receivedAt >= query.since) &&
    (query.until === null || entry.receivedAt < query.until) &&
    (!search ||
      [name, email, phone, entry.title, entry.reason, entry.host, ...notes.map(({ text }) => text)].some(
        (text) => sameText(text, search),
      ))
  );
}
