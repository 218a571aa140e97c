import { applyEdits, format } from "jsonc-parser";
import type { WholeDelivery } from "../bindings/types";
import type { Times } from "../shared/times";

export function repeatsWords(repeats: number): string {
  const times = repeats === 1 ? "once more" : `${repeats} more times`;
  return `The same call came ${times}. It counts once.`;
}

/** One step of a call on its way, with how long it took after the one before. */
export type Step = { word: string; at: string | null; took: string | null };

export function stepsOf(whole: WholeDelivery, times: Times): Step[] {
  const { delivery, workedAt, notice } = whole;
  const arrived: Step = { word: "Checked and kept", at: times.exact(delivery.receivedAt), took: null };
  if (workedAt === null) return [arrived, { word: "Waits to be read", at: null, took: null }];
  const read: Step = {
    word: delivery.state === "failed" ? "Set aside" : "Read",
    at: times.exact(workedAt),
    took: took(delivery.receivedAt, workedAt),
  };
  if (notice === null) return [arrived, read, { word: "Nothing to notify of", at: null, took: null }];
  if (notice.shownAt !== null) {
    const after = took(notice.plannedAt, notice.shownAt);
    return [arrived, read, { word: "Notified", at: times.exact(notice.shownAt), took: after }];
  }
  const word = notice.held ? "Not notified: notifications were paused" : "Waits to be shown by the desktop";
  return [arrived, read, { word, at: null, took: null }];
}

export function took(from: string, to: string): string {
  const milliseconds = Math.max(0, Date.parse(to) - Date.parse(from));
  if (milliseconds < 1) return "under 1 ms";
  if (milliseconds < 1000) return `${milliseconds} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
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
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
