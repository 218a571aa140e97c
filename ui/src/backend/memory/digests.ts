import type { Digest, DigestSchedule, NoticeKind } from "../../bindings/types";
import { kinds } from "../../shared/kinds";
import { whoIs } from "../../shared/people";
import type { Backend } from "../backend";
import { calendarOf } from "./calendar";
import { openPairs, withoutKey } from "./pairs";
import type { Memory } from "./state";
import { gapsOf } from "./timeline";

export function digests(memory: Memory) {
  let kept: DigestSchedule = {
    morning: true,
    hour: 8,
    weekdays: [true, true, true, true, true, true, true],
    evenIfNothing: false,
    afterGap: true,
  };

  return {
    async digest() {
      return digestOf(memory);
    },

    async digestSchedule() {
      return kept;
    },

    async setDigestSchedule(schedule) {
      return (kept = structuredClone(schedule));
    },
  } satisfies Partial<Backend>;
}

const dateOf = (at: Date) => {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
};

/** As of yesterday at eight. While notifications are paused, what is unread was not shown. */
function digestOf(memory: Memory): Digest {
  const { world, paused } = memory;
  const now = memory.now();
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
    gaps: gapsOf(memory).filter(({ endedAt }) => endedAt === null || endedAt > since),
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
