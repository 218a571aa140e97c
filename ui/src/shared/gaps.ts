import type { AffectedEndpoint, Gap, Outlook } from "../bindings/types";
import { hoursAndMinutes, type Times } from "./times";

/** The word and the colour of each outlook. */
export const outlooks: Record<Outlook, { word: string; tone: string }> = {
  retrying: { word: "Still trying", tone: "updated" },
  given_up: { word: "Probably given up", tone: "no-show" },
  unknown: { word: "Retries unknown", tone: "other" },
  settled: { word: "Sent again", tone: "created" },
};

/** `Not reachable 09:10–11:40`, with the days where there are two. */
export function gapTitle(gap: Gap, times: Times, now: Date): string {
  if (gap.endedAt === null) return `Not reachable since ${times.shortMoment(gap.beganAt, now)}`;
  const when = times.when({ start: gap.beganAt, end: gap.endedAt, date: null }, now);
  const sameDay = times.dayKey(gap.beganAt) === times.dayKey(gap.endedAt);
  return sameDay ? `Not reachable ${when?.time}` : `Not reachable ${when?.day}, ${when?.time}`;
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
    trying > 0 && (trying === 1 ? "1 still tries" : `${trying} still try`),
    check > 0 && `${check} to check by hand`,
    settled > 0 && `${settled} sent again`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** How long a provider may be awaited, or `null` where nothing is known or all is over. */
export function timeToWait({ until }: AffectedEndpoint, gap: Gap, now: Date): string | null {
  const left = until === null ? 0 : Date.parse(until) - now.getTime();
  if (left <= 0) return null;
  return gap.endedAt === null
    ? `gives up in ${hoursAndMinutes(left)}`
    : `tries for ${hoursAndMinutes(left)} more`;
}
