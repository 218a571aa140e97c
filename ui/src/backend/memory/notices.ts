import type { Endpoint, EventKind, Notice, NoticeKind, TimelineEntry } from "../../bindings/types";
import type { Backend } from "../backend";
import { sampleProviders } from "../sample/providers";
import { pageOf } from "./paging";
import type { Memory } from "./state";

export function notices(memory: Memory) {
  return {
    async notices(query) {
      const all = noticesOf(memory.world.entries, memory.world.endpoints, memory.now());
      const asked = query.unshown ? all.filter((notice) => notice.notShown !== null) : all;
      const { page, next } = pageOf(asked, (notice) => notice.id, query);
      return { notices: page, next };
    },

    async desktopShows() {
      return memory.desktopGoes;
    },
  } satisfies Partial<Backend>;
}

const headlines: Partial<Record<EventKind, string>> = {
  created: "New booking",
  rescheduled: "Moved",
  cancelled: "Cancelled",
  no_show: "No-show",
};

const day = { weekday: "short", day: "numeric", month: "short" } as const;
const dayFormat = new Intl.DateTimeFormat("en-GB", { ...day, timeZone: "UTC" });
const momentFormat = new Intl.DateTimeFormat("en-GB", { ...day, hour: "2-digit", minute: "2-digit" });

/** As a notification says it. */
function whenOf(start: string | null, date: string | null): string | null {
  if (start !== null) return momentFormat.format(new Date(start));
  return date && dayFormat.format(new Date(date));
}

/** What was told of the sample world: its acts, one in a pause and one in trouble, and an endpoint that is turned away. */
function noticesOf(entries: TimelineEntry[], endpoints: Endpoint[], now: Date): Notice[] {
  const acts = entries
    .filter((entry) => headlines[entry.kind] !== undefined)
    .map((entry, place) => noticeOf(entry, place));
  const endpoint = endpoints[0];
  const provider = sampleProviders.find((one) => one.provider === endpoint?.provider)?.name;
  if (!endpoint || acts.length === 0) return acts;
  const at = new Date(now.getTime() - 2 * 60_000).toISOString();
  const trouble: Notice = {
    ...acts[0]!,
    id: "trouble",
    kind: "trouble",
    title: `Calls of ${provider} are turned away`,
    body: `${endpoint.label}\nThey do not fit the secret. Copy it again from ${provider}’s webhook settings.`,
    provider: endpoint.provider,
    bookingId: null,
    deliveryId: null,
    place: "endpoints",
    at,
    plannedAt: at,
    shownAt: at,
    notShown: null,
    answer: "dismissed",
    answeredAt: at,
  };
  return [...acts, trouble].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}

function noticeOf(entry: TimelineEntry, place: number): Notice {
  const later = (milliseconds: number) => new Date(Date.parse(entry.receivedAt) + milliseconds).toISOString();
  const time = whenOf(entry.start, entry.date);
  const before = whenOf(entry.previousStart, entry.previousDate);
  const notShown = place % 7 === 3 ? "paused" : place % 11 === 5 ? "seen" : null;
  const answer = (["opened", null, "done", null, "dismissed"] as const)[place % 5] ?? null;
  return {
    id: `notice-${entry.eventId}`,
    kind: entry.kind as NoticeKind,
    title: `${headlines[entry.kind]}: ${entry.attendee.name ?? entry.attendee.email ?? "somebody"}`,
    body: [before && time ? `${before} → ${time}` : time, entry.title].filter(Boolean).join("\n"),
    provider: entry.provider,
    bookingId: entry.bookingId,
    deliveryId: entry.deliveryId,
    place: "timeline",
    at: later(notShown === null ? 21 : 3),
    plannedAt: later(3),
    shownAt: notShown === null ? later(21) : null,
    notShown,
    quieted: false,
    answer: notShown === null ? answer : null,
    answeredAt: notShown === null && answer !== null ? later(4 * 60_000) : null,
  };
}
