import type {
  Difference,
  Hours,
  Manner,
  NoticeKind,
  Preview,
  Rule,
  TimelineEntry,
  Wishes,
} from "../../bindings/types";
import type { Backend } from "../backend";
import { usual } from "../sample/rules";
import type { Memory } from "./state";

export function rules(memory: Memory) {
  let made = 0;
  const keep = (part: Partial<Wishes>) => Object.assign(memory.wishesKept, structuredClone(part));

  return {
    async wishes() {
      return memory.wishesKept;
    },

    async keepRules(rules) {
      const known = new Set(memory.wishesKept.rules.map(({ id }) => id));
      const idOf = (id: string | null) => (id !== null && known.has(id) ? id : `rule-${++made}`);
      return keep({ rules: rules.map(({ id, rule }) => ({ id: idOf(id), rule })) });
    },

    async keepQuietHours(quietHours) {
      return keep({ quietHours });
    },

    async keepSounds(sounds) {
      return keep({ sounds });
    },

    async previewRules(rules, quietHours) {
      const { wishesKept, world } = memory;
      return preview(world.entries, wishesKept, { ...wishesKept, rules, quietHours });
    },

    async trySound(sound) {
      memory.tried.push(sound);
    },
  } satisfies Partial<Backend>;
}

const told: Partial<Record<TimelineEntry["kind"], string>> = {
  created: "New booking",
  rescheduled: "Moved",
  cancelled: "Cancelled",
};

const LOOKED_AT = 200;

/** As the program's own, by this computer's clock and without its care for the night in which clocks change. */
function preview(entries: TimelineEntry[], before: Wishes, after: Wishes): Preview {
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
