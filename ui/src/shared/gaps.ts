import type { AffectedEndpoint, Gap, Outlook } from "../bindings/types";
import { t } from "../words/words.svelte";
import { hoursAndMinutes, type Times } from "./times";

function outlook(name: Outlook, tone: string) {
  return {
    tone,
    get word(): string {
      return t(`shared.outlooks.${name}`);
    },
  };
}

/** The word and the colour of each outlook. */
export const outlooks: Record<Outlook, { readonly word: string; readonly tone: string }> = {
  retrying: outlook("retrying", "updated"),
  given_up: outlook("given_up", "no-show"),
  unknown: outlook("unknown", "other"),
  settled: outlook("settled", "created"),
};

/** `Not reachable 09:10–11:40`, with the days where there are two. */
export function gapTitle(gap: Gap, times: Times, now: Date): string {
  if (gap.endedAt === null) return t("shared.gaps.since", { moment: times.shortMoment(gap.beganAt, now) });
  const when = times.when({ start: gap.beganAt, end: gap.endedAt, date: null }, now);
  const sameDay = times.dayKey(gap.beganAt) === times.dayKey(gap.endedAt);
  const { day, time } = { day: when?.day ?? "", time: when?.time ?? "" };
  return sameDay ? t("shared.gaps.during", { time }) : t("shared.gaps.duringDay", { day, time });
}

/** How long it lasted, or has lasted. */
export function gapLength(gap: Gap, now: Date): string {
  const end = gap.endedAt === null ? now.getTime() : Date.parse(gap.endedAt);
  return hoursAndMinutes(end - Date.parse(gap.beganAt));
}

/** What the endpoints of a gap come to: `1 still tries, 2 to check by hand`. */
export function gapSum(gap: Gap): string {
  const count = (...words: Outlook[]) =>
    gap.endpoints.filter((endpoint) => words.includes(endpoint.outlook)).length;
  const [trying, check, settled] = [count("retrying"), count("given_up", "unknown"), count("settled")];
  const parts = [
    trying > 0 && t("shared.gaps.trying", { count: trying }),
    check > 0 && t("shared.gaps.check", { number: check }),
    settled > 0 && t("shared.gaps.settled", { number: settled }),
  ];
  return parts.filter(Boolean).join(", ");
}

/** How long a provider may be awaited, or `null` where nothing is known or all is over. */
export function timeToWait({ until }: AffectedEndpoint, gap: Gap, now: Date): string | null {
  const left = until === null ? 0 : Date.parse(until) - now.getTime();
  if (left <= 0) return null;
  const said = { left: hoursAndMinutes(left) };
  return gap.endedAt === null ? t("shared.gaps.givesUpIn", said) : t("shared.gaps.triesFor", said);
}
