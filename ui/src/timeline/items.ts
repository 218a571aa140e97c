import type { TimelineEntry } from "../bindings/types";
import type { Times } from "../shared/times";

/** What stands in the list, from top to bottom. */
export type TimelineItem =
  | { is: "day"; key: string; heading: string }
  | { is: "entry"; key: string; entry: TimelineEntry }
  | { is: "end"; key: "end" };

/** Entries come newest first; a heading goes before the first entry of each day in the person's zone. */
export function timelineItems(entries: TimelineEntry[], times: Times, now: Date): TimelineItem[] {
  const items: TimelineItem[] = [];
  const headed = new Set<string>();
  let before: string | null = null;
  for (const entry of entries) {
    const day = times.dayKey(entry.receivedAt);
    if (day !== before) {
      // The order is the program's. Should it come back to a day, the second heading needs a key of its own.
      const key = headed.has(day) ? `day-${day}-${entry.eventId}` : `day-${day}`;
      items.push({ is: "day", key, heading: times.dayHeading(day, now) });
      headed.add(day);
    }
    before = day;
    items.push({ is: "entry", key: entry.eventId, entry });
  }
  if (items.length > 0) items.push({ is: "end", key: "end" });
  return items;
}
