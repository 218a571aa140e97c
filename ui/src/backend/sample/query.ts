import type { Note, TimelineEntry, TimelineQuery } from "../../bindings/types";

const sameText = (text: string | null, search: string) => text?.toLowerCase().includes(search) ?? false;

/** Whether an entry answers a query, cursor and limit aside. */
export function fits(entry: TimelineEntry, query: TimelineQuery, notes: Note[]): boolean {
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
