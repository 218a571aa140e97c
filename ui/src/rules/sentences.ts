import type { Hours, NoticeKind, Rule, Sound } from "../bindings/types";
import { dayName, daysInOrder } from "../shared/week";
import type { Desk } from "../state/desk.svelte";
import { t } from "../words/words.svelte";

export const noticeKinds: readonly NoticeKind[] = [
  "created",
  "rescheduled",
  "cancelled",
  "no_show",
  "reminder",
  "overlap",
  "trouble",
  "digest",
];

export const sounds: readonly Sound[] = ["none", "message", "bell", "chime", "alarm", "warning"];

export type Effect = NonNullable<Rule["effect"]> | "usual";

export const effects: readonly Effect[] = ["usual", "urgent", "normal", "listed"];

export const anyNotice: Rule = {
  kinds: [],
  provider: null,
  endpointId: null,
  title: null,
  days: [false, false, false, false, false, false, false],
  hours: null,
  effect: null,
  sound: null,
};

/** Whether hours end on the day after the one on which they begin. */
export const endsNextDay = ({ from, to }: Hours) => to <= from;

function daysSaid(days: readonly boolean[], desk: Desk): string | null {
  const chosen = days.map(String).join();
  if (!days.includes(true)) return null;
  if (chosen === "true,true,true,true,true,false,false") return t("rules.sentence.weekdays");
  if (chosen === "false,false,false,false,false,true,true") return t("rules.sentence.weekends");
  const { locale } = desk.times;
  const names = daysInOrder(locale).flatMap((day) => (days[day] ? [dayName(day, locale)] : []));
  return t("rules.sentence.days", { days: listed(names, locale) });
}

function hoursSaid({ from, to }: Hours, desk: Desk): string | null {
  if (from === to && from === "00:00") return null;
  if (from === "00:00") return t("rules.sentence.before", { time: desk.times.clockOfTime(to) });
  if (to === "00:00") return t("rules.sentence.after", { time: desk.times.clockOfTime(from) });
  return t("rules.sentence.between", { from: desk.times.clockOfTime(from), to: desk.times.clockOfTime(to) });
}

const listed = (names: string[], locale: string) => new Intl.ListFormat(locale).format(names);

/** Of which notices a rule speaks: "Cancellations from Kordless on weekdays before 09:00". */
export function speaksOf(rule: Rule, desk: Desk): string {
  const { locale } = desk.times;
  const kinds = rule.kinds.map((kind) => t(`rules.kindsInside.${kind}`));
  const endpoint = desk.endpoints.endpoints.find(({ id }) => id === rule.endpointId);
  const from =
    rule.endpointId !== null
      ? (endpoint?.label ?? t("rules.sentence.removedEndpoint"))
      : rule.provider && desk.providerName(rule.provider);
  const said = [
    kinds.length === 0 ? t("rules.sentence.all") : listed(kinds, locale),
    from && t("rules.sentence.from", { name: from }),
    rule.title && t("rules.sentence.about", { title: rule.title }),
    daysSaid(rule.days, desk),
    rule.hours && hoursSaid(rule.hours, desk),
  ]
    .filter(Boolean)
    .join(" ");
  return said.charAt(0).toLocaleUpperCase(locale) + said.slice(1);
}

/** What a rule makes of them: "urgent, with the sound Bell". */
export function makesOf({ effect, sound }: Rule): string {
  if (effect === null && sound !== null) return soundSaid(sound);
  const said = t(`rules.sentence.${effect ?? "usual"}`);
  return sound === null || effect === "listed" ? said : `${said}, ${soundSaid(sound)}`;
}

const soundSaid = (sound: Sound) =>
  sound === "none"
    ? t("rules.sentence.noSound")
    : t("rules.sentence.sound", { sound: t(`rules.sounds.${sound}`) });
