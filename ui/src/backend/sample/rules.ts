import type {
  Difference,
  Hours,
  KindSound,
  Manner,
  NoticeKind,
  Preview,
  Rule,
  Sound,
  TimelineEntry,
  Wishes,
} from "../../bindings/types";
import type { WorldName } from "../memory";

const usual: Record<NoticeKind, Sound> = {
  created: "message",
  rescheduled: "message",
  cancelled: "message",
  no_show: "message",
  reminder: "alarm",
  overlap: "warning",
  trouble: "warning",
  digest: "none",
};

const noDays: Rule["days"] = [false, false, false, false, false, false, false];
const anything: Rule = {
  kinds: [],
  provider: null,
  endpointId: null,
  title: null,
  days: noDays,
  hours: null,
  effect: null,
  sound: null,
};

/** `sample` has rules, `trouble` one that is not understood and a desktop that is silent, the others none. */
export function wishesOf(world: WorldName): Wishes {
  const night: Hours = { from: "22:00", to: "07:00" };
  const rules: Rule[] = [
    {
      ...anything,
      kinds: ["cancelled"],
      provider: "kordless",
      days: [true, true, true, true, true, false, false],
      hours: { from: "00:00", to: "09:00" },
      effect: "urgent",
      sound: "bell",
    },
    { ...anything, kinds: ["created", "rescheduled"], title: "Trial", effect: "listed" },
    { ...anything, kinds: ["no_show"], sound: "none" },
  ];
  const ruled = world === "sample" || world === "long" || world === "trouble";
  const kept = ruled ? rules.map((rule, place) => ({ id: String(place + 1), rule })) : [];
  return {
    rules: world === "trouble" ? [{ id: "4", rule: null }, ...kept] : kept,
    quietHours: {
      days: ruled
        ? [night, night, night, night, night, null, null]
        : [null, null, null, null, null, null, null],
      urgentBreaksThrough: false,
      sumsUp: true,
    },
    sounds: Object.entries(usual).map(([kind, sound]) => ({ kind, sound }) as KindSound),
    playsSounds: world !== "trouble",
    doNotDisturb: world === "trouble",
  };
}

const told: Partial<Record<TimelineEntry["kind"], string>> = {
  created: "New booking",
  rescheduled: "Moved",
  cancelled: "Cancelled",
};

const LOOKED_AT = 200;

/** As the program's own, by this computer's clock and without its care for the night in which clocks change. */
export function preview(entries: TimelineEntry[], before: Wishes, after: Wishes): Preview {
  const notices = entries.filter((entry) => told[entry.kind] !== undefined).slice(0, LOOKED_AT);
  const differences = notices.flatMap((entry): Difference[] => {
    const [was, is] = [mannerOf(entry, before), mannerOf(entry, after)];
    if (was.telling === is.telling && was.sound === is.sound) return [];
    const who = entry.attendee.name ?? entry.attendee.email ?? entry.attendee.phone ?? "somebody";
    return [
      {
        noticeId: entry.eventId,
        kind: entry.kind as NoticeKind,
        title: `${told[entry.kind]}: ${who}`,
        at: entry.receivedAt,
        before: was,
        after: is,
      },
    ];
  });
  return { of: notices.length, differences };
}

function mannerOf(entry: TimelineEntry, wishes: Wishes): Manner {
  const at = new Date(entry.receivedAt);
  const kind = entry.kind as NoticeKind;
  const rule = wishes.rules.find(({ rule }) => rule !== null && ruleFits(rule, entry, at))?.rule;
  const urgent = rule?.effect === "urgent";
  const { days, urgentBreaksThrough } = wishes.quietHours;
  if (rule?.effect === "listed") return { telling: "listed", sound: "none" };
  if (!(urgent && urgentBreaksThrough) && days.some((hours, day) => hours !== null && isIn(at, day, hours)))
    return { telling: "quiet_hours", sound: "none" };
  const ofKind = wishes.sounds.find((one) => one.kind === kind)?.sound ?? usual[kind];
  const sound = rule?.sound ?? (urgent && ofKind === "message" ? "warning" : ofKind);
  return { telling: urgent ? "urgent" : "shown", sound };
}

function ruleFits(rule: Rule, entry: TimelineEntry, at: Date): boolean {
  const hours = rule.hours ?? { from: "00:00", to: "00:00" };
  const anyDay = !rule.days.includes(true);
  return (
    (rule.kinds.length === 0 || rule.kinds.includes(entry.kind as NoticeKind)) &&
    (rule.provider === null || rule.provider === entry.provider) &&
    (rule.endpointId === null || rule.endpointId === entry.endpointId) &&
    (rule.title === null || (entry.title ?? "").toLowerCase().includes(rule.title.toLowerCase())) &&
    ((anyDay && rule.hours === null) ||
      rule.days.some((chosen, day) => (anyDay || chosen) && isIn(at, day, hours)))
  );
}

/** Whether a moment is in the hours that begin on a day of the week, Monday being 0. */
function isIn(at: Date, day: number, { from, to }: Hours): boolean {
  const today = (at.getDay() + 6) % 7;
  const minute = at.getHours() * 60 + at.getMinutes();
  const [begin, end] = [minutes(from), minutes(to)];
  if (end > begin) return today === day && begin <= minute && minute < end;
  return (today === day && minute >= begin) || (today === (day + 1) % 7 && minute < end);
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(":").map(Number);
  return hours * 60 + rest;
}
