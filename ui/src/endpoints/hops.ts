import type { Hop, SelfTest } from "../bindings/types";
import { en } from "../words/en";
import { t } from "../words/words.svelte";

type HopName = keyof typeof en.endpoints.hops;

/** In the order of the way. */
export const hopNames = Object.keys(en.endpoints.hops) as HopName[];

/** A part that this window does not know yet is still read as words. */
export function hopWords(name: string): string {
  const known = hopNames.find((one) => one === name);
  if (known) return t(`endpoints.hops.${known}`);
  const spoken = name.replaceAll("_", " ").trim();
  return spoken.charAt(0).toUpperCase() + spoken.slice(1);
}

export function hopTime(milliseconds: number): string {
  if (milliseconds < 1) return t("endpoints.hop.underOne");
  if (milliseconds < 999.5) return t("endpoints.hop.milliseconds", { number: Math.round(milliseconds) });
  return t("endpoints.hop.seconds", { number: (milliseconds / 1000).toFixed(1) });
}

/** The parts after the one that failed, which nothing is known of. */
export function notReached({ hops, passed }: SelfTest): string[] {
  const last = hops.at(-1);
  return passed || !last ? [] : hopNames.slice(hopNames.findIndex((name) => name === last.name) + 1);
}

export function wholeTime(hops: Hop[]): string {
  return hopTime(hops.reduce((sum, hop) => sum + (hop.milliseconds ?? 0), 0));
}

/** What a test that passed has shown, and no more than that. */
export function provenBy({ hops }: SelfTest): string {
  const shown = hops.some((hop) => hop.name === "notification" && hop.outcome === "passed");
  return t(shown ? "endpoints.test.shown" : "endpoints.test.read");
}
