import type { Digest, Gap, NoticeKind } from "../../bindings/types";
import { kinds } from "../../shared/kinds";
import { whoIs } from "../../shared/people";
import { calendarOf } from "./calendar";
import { openPairs, withoutKey } from "./overlaps";
import type { World } from "./world";

const dateOf = (at: Date) => {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
};

/** As of yesterday at eight. While notifications are paused, what is unread was not shown. */
export function digestOf(world: World, gaps: Gap[], now: Date, paused: boolean): Digest {
  const day = (days: number, hour = 0) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const since = day(-1, 8).toISOString();
  const news = world.entries.filter(({ receivedAt }) => receivedAt >= since);
  const count = (wanted: string) => news.filter(({ kind }) => kind === wanted).length;
  const today = calendarOf(world, {
    ...{ from: day(0).toISOString(), until: day(1).toISOString() },
    ...{ firstDate: dateOf(day(0)), dateAfter: dateOf(day(1)) },
  });
  const told = ["created", "rescheduled", "cancelled", "no_show"];
  const missed = paused ? news.filter(({ kind, unread }) => unread && told.includes(kind)) : [];
  return {
    since,
    created: count("created"),
    rescheduled: count("rescheduled"),
    cancelled: count("cancelled"),
    noShows: count("no_show"),
    today: today.filter(({ status }) => status !== "cancelled" && status !== "no_show"),
    gaps: gaps.filter(({ endedAt }) => endedAt === null || endedAt > since),
    notShown: missed.map(({ eventId, kind, bookingId, attendee, receivedAt }) => ({
      id: eventId,
      kind: kind as NoticeKind,
      bookingId,
      title: `${kinds[kind].word}: ${whoIs(attendee)}`,
      at: receivedAt,
      held: "paused",
    })),
    overlaps: openPairs(world, now).map(withoutKey),
  };
}
