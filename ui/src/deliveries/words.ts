import { applyEdits, format } from "jsonc-parser";
import type { WholeDelivery } from "../bindings/types";
import type { Times } from "../shared/times";
import { language, t } from "../words/words.svelte";

export function repeatsWords(repeats: number): string {
  return t("deliveries.repeats", { count: repeats });
}

/** One step of a call on its way, with how long it took after the one before. */
export type Step = { word: string; at: string | null; took: string | null };

export function stepsOf(whole: WholeDelivery, times: Times): Step[] {
  const { delivery, workedAt, notice } = whole;
  const arrived: Step = {
    word: t("deliveries.steps.kept"),
    at: times.exact(delivery.receivedAt),
    took: null,
  };
  if (workedAt === null) return [arrived, { word: t("deliveries.steps.waits"), at: null, took: null }];
  const read: Step = {
    word: delivery.state === "failed" ? t("deliveries.steps.setAside") : t("deliveries.steps.read"),
    at: times.exact(workedAt),
    took: took(delivery.receivedAt, workedAt),
  };
  if (notice === null) return [arrived, read, { word: t("deliveries.steps.nothing"), at: null, took: null }];
  if (notice.shownAt !== null) {
    const after = took(notice.plannedAt, notice.shownAt);
    return [
      arrived,
      read,
      { word: t("deliveries.steps.notified"), at: times.exact(notice.shownAt), took: after },
    ];
  }
  const why = notice.notShown;
  const word =
    why === null || why === "waiting"
      ? t("deliveries.steps.notShown")
      : t("deliveries.steps.held", { why: t(`notices.notShown.${why}`) });
  return [arrived, read, { word, at: null, took: null }];
}

export function took(from: string, to: string): string {
  const milliseconds = Math.max(0, Date.parse(to) - Date.parse(from));
  if (milliseconds < 1) return t("deliveries.steps.underAMillisecond");
  if (milliseconds < 1000) return t("deliveries.steps.milliseconds", { number: milliseconds });
  if (milliseconds < 60_000) return t("deliveries.steps.seconds", { number: oneDigit(milliseconds / 1000) });
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 120) return t("deliveries.steps.minutes", { number: minutes });
  const hours = Math.round(minutes / 60);
  return hours < 48
    ? t("deliveries.steps.hours", { number: hours })
    : t("deliveries.steps.days", { number: Math.round(hours / 24) });
}

export type Pretty = { is: "json"; text: string } | { is: "form"; pairs: [string, string][] };

/** The body set out for reading, or null where there is nothing to set out. No value is changed: 150.00 stays 150.00. */
export function pretty(whole: WholeDelivery): Pretty | null {
  const type = whole.headers.find(({ name }) => name === "content-type")?.value ?? "";
  if (type.startsWith("application/x-www-form-urlencoded"))
    return { is: "form", pairs: [...new URLSearchParams(whole.body)] };
  if (!/^\s*[[{]/.test(whole.body)) return null;
  const edits = format(whole.body, undefined, { insertSpaces: true, tabSize: 2 });
  return { is: "json", text: applyEdits(whole.body, edits) };
}

export function sizeWords(bytes: number): string {
  if (bytes < 1000) return t("deliveries.body.bytes", { number: bytes });
  return bytes < 1_000_000
    ? t("deliveries.body.kilobytes", { number: oneDigit(bytes / 1000) })
    : t("deliveries.body.megabytes", { number: oneDigit(bytes / 1_000_000) });
}

function oneDigit(number: number): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return number.toLocaleString(language(), digits);
}
