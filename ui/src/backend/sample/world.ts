import type {
  BookingStatus,
  Endpoint,
  EventKind,
  Note,
  Rejection,
  TimelineEntry,
} from "../../bindings/types";
import { sampleEndpoints } from "./endpoints";
import { stories, type SampleTime, type SampleWhen, type Step, type Story } from "./stories";

/**
 * `sample`: a busy week. `long`: two years of it. `first`: the first launch. `empty`: after its first run was left.
 * `broken`: every reading fails. `trouble`: the tunnel comes back at "Try now", with a new address that two providers
 * do not have and no call gets through. `refused`: ngrok does not accept the token, which comes from the environment.
 */
export const worldNames = ["sample", "long", "empty", "first", "trouble", "refused", "broken"] as const;

export type WorldName = (typeof worldNames)[number];

/** `notes` and `done` are the person's own, by the booking. */
export type World = {
  entries: TimelineEntry[];
  endpoints: Endpoint[];
  rejections: Rejection[];
  notes: Map<string, Note[]>;
  done: Map<string, string>;
  /** Which overlaps the person accepted, and when. */
  accepted: Map<string, string>;
};

export function emptyWorld(): World {
  return {
    entries: [],
    endpoints: [],
    rejections: [],
    notes: new Map(),
    done: new Map(),
    accepted: new Map(),
  };
}

const MINUTE = 60_000;

const statusAfter: Partial<Record<EventKind, BookingStatus>> = {
  created: "pending",
  confirmed: "confirmed",
  cancelled: "cancelled",
  completed: "completed",
  no_show: "no_show",
};

function onDay(now: Date, day: number, clock: string): Date {
  const [hours, minutes] = clock.split(":").map(Number);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + day, hours, minutes);
}

function moment(now: Date, time: SampleTime): Date {
  return "minutesAgo" in time ? new Date(now.getTime() - time.minutesAgo * MINUTE) : onDay(now, ...time);
}

function dateOnly(now: Date, day: number): string {
  const date = onDay(now, day, "12:00");
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function times(now: Date, when: SampleWhen | null) {
  if (when === null) return { start: null, end: null, date: null };
  if (when.start === undefined) return { start: null, end: null, date: dateOnly(now, when.date) };
  const start = onDay(now, ...when.start);
  return {
    start: start.toISOString(),
    end: new Date(start.getTime() + when.minutes * MINUTE).toISOString(),
    date: null,
  };
}

export function entriesOf(story: Story, id: string, endpoints: Endpoint[], now: Date): TimelineEntry[] {
  const endpoint = endpoints.find((one) => one.id === story.endpoint);
  if (!endpoint) throw new Error(`no sample endpoint ${story.endpoint}`);
  let current = times(now, story.when);
  let status: BookingStatus = "pending";
  let { title } = story;
  const attendee = { name: null, email: null, phone: null, timeZone: null, ...story.attendee };
  return story.steps.map((step: Step, index) => {
    const before = step.to ? current : { start: null, end: null, date: null };
    if (step.to) current = times(now, step.to);
    status = statusAfter[step.kind] ?? status;
    title = step.title ?? title;
    attendee.phone = step.phone ?? attendee.phone;
    const occurred = moment(now, step.at);
    const received = new Date(occurred.getTime() + (step.delayed ?? 0) * MINUTE + 1400);
    return {
      eventId: `${id}-${index + 1}`,
      bookingId: step.kind === "other" ? null : id,
      deliveryId: `delivery-${id}-${index + 1}`,
      endpointId: endpoint.id,
      endpointLabel: endpoint.label,
      provider: endpoint.provider,
      trust: endpoint.trust,
      kind: step.kind,
      eventType: step.eventType ?? null,
      title,
      ...current,
      previousStart: before.start,
      previousEnd: before.end,
      previousDate: before.date,
      attendee: { ...attendee },
      host: story.host ?? null,
      bookingStatus: step.kind === "other" ? null : status,
      reason: step.reason ?? null,
      occurredAt: occurred.toISOString(),
      receivedAt: received.toISOString(),
      late: (step.delayed ?? 0) > 15,
      repeats: step.repeats ?? 0,
      done: false,
      overlaps: false,
      unread: step.unread ?? false,
      problems: step.problems ?? [],
    };
  });
}

export function newestFirst(entries: TimelineEntry[]): TimelineEntry[] {
  return [...entries].sort(
    (a, b) => b.receivedAt.localeCompare(a.receivedAt) || b.eventId.localeCompare(a.eventId),
  );
}

/** `weeks` repeats the same eight days further and further back. */
export function sampleWorld(now: Date, weeks = 1): World {
  const endpoints = sampleEndpoints(now);
  const entries = newestFirst(
    Array.from({ length: weeks }, (_, week) => week).flatMap((week) => {
      const then = new Date(
        now.getFullYear(),
        now.getMonth(),
        now.getDate() - week * 8,
        now.getHours(),
        now.getMinutes(),
      );
      return stories.flatMap((story, index) => {
        const id = week === 0 ? String(index + 1) : `${week}-${index + 1}`;
        const entries = entriesOf(story, id, endpoints, week === 0 ? now : then);
        return week === 0 ? entries : entries.map((entry) => ({ ...entry, unread: false }));
      });
    }),
  );
  const rejections: Rejection[] = [
    ...endpoints.flatMap((endpoint) => endpoint.lastRejection ?? []),
    {
      id: "r0",
      at: new Date(now.getTime() - 190 * MINUTE).toISOString(),
      endpointId: null,
      reason: "unknown_endpoint",
      hint: "No endpoint has this address. If a provider sent the call, copy the address again from its endpoint.",
    },
  ];
  const ago = (minutes: number) => new Date(now.getTime() - minutes * MINUTE).toISOString();
  const note = (id: string, text: string, minutes: number, edited: number | null = null): Note => ({
    id,
    text,
    writtenAt: ago(minutes),
    editedAt: edited === null ? null : ago(edited),
  });
  const notes = new Map([
    [
      "1",
      [
        note("n1", "Called her: Jonas is fine with the later time.", 3),
        note(
          "n2",
          "Allergic to almond oil. Use the grape seed one.\nParking space 4 is kept for her.",
          5900,
          5870,
        ),
      ].reverse(),
    ],
  ]);
  return { entries, endpoints, rejections, notes, done: new Map([["6", ago(80)]]), accepted: new Map() };
}
