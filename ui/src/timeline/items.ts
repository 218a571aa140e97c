import type { Gap, TimelineEntry } from "../bindings/types";
import type { Times } from "../shared/times";

/** What stands in the list, from top to bottom. */
export type TimelineItem =
  | { is: "day"; key: string; heading: string }
  | { is: "entry"; key: string; entry: TimelineEntry }
  | { is: "gap"; key: string; gap: Gap }
  | { is: "end"; key: "end" };

/**
 * Entries come newest first; a heading goes before the first entry of each day in the person's zone. A gap stands where
 * it ended, above what came before that. One that is older than all entries waits until there are none to be read.
 */
export function timelineItems(
  entries: TimelineEntry[],
  gaps: Gap[],
  whole: boolean,
  times: Times,
  now: Date,
): TimelineItem[] {
  const items: TimelineItem[] = [];
  const headed = new Set<string>();
  let before: string | null = null;
  function head(at: string | Date, name: string) {
    const day = times.dayKey(at);
    if (day !== before) {
      // The order is the program's. Should it come back to a day, the second heading needs a key of its own.
      const key = headed.has(day) ? `day-${day}-${name}` : `day-${day}`;
      items.push({ is: "day", key, heading: times.dayHeading(day, now) });
      headed.add(day);
    }
    before = day;
  }
  function mark(gap: Gap) {
    const key = `gap-${gap.id}`;
    head(gap.endedAt ?? now, key);
    items.push({ is: "gap", key, gap });
  }
  let next = 0;
  for (const entry of entries) {
    const received = Date.parse(entry.receivedAt);
    for (let gap = gaps[next]; gap && endOf(gap) > received; gap = gaps[++next]) mark(gap);
    head(entry.receivedAt, entry.eventId);
    items.push({ is: "entry", key: entry.eventId, entry });
  }
  if (items.length > 0) {
    if (whole) gaps.slice(next).forEach(mark);
    items.push({ is: "end", key: "end" });
  }
  return items;
}

function endOf({ endedAt }: Gap): number {
  return endedAt === null ? Infinity : Date.parse(endedAt);
}
