import type { Hours, KindSound, NoticeKind, Rule, Sound, Wishes } from "../../bindings/types";
import type { WorldName } from "./world";

/** The sound of each kind, until the person chooses another. */
export const usual: Record<NoticeKind, Sound> = {
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
