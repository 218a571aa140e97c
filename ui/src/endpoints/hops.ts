import type { Hop, SelfTest } from "../bindings/types";

const words: Record<string, string> = {
  lookup: "Finding the public address",
  edge: "Connecting to it",
  tls: "Securing the connection",
  tunnel: "Passing through to this computer",
  receiver: "Receiving the call",
  verification: "Checking that it is genuine",
  commit: "Keeping it on the disk",
  worker: "Reading the booking",
  notification: "Handing the notification to the desktop",
};

/** In the order of the way. */
export const hopNames = Object.keys(words);

/** A part that this window does not know yet is still read as words. */
export function hopWords(name: string): string {
  const spoken = name.replaceAll("_", " ").trim();
  return words[name] ?? spoken.charAt(0).toUpperCase() + spoken.slice(1);
}

export function hopTime(milliseconds: number): string {
  if (milliseconds < 1) return "under 1 ms";
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** The parts after the one that failed, which nothing is known of. */
export function notReached({ hops, passed }: SelfTest): string[] {
  const last = hops.at(-1);
  return passed || !last ? [] : hopNames.slice(hopNames.indexOf(last.name) + 1);
}

export function wholeTime(hops: Hop[]): string {
  return hopTime(hops.reduce((sum, hop) => sum + (hop.milliseconds ?? 0), 0));
}

/** What a test that passed has shown, and no more than that. */
export function provenBy({ hops }: SelfTest): string {
  const shown = hops.some((hop) => hop.name === "notification" && hop.outcome === "passed");
  return shown
    ? "A test call from outside reached this computer, was checked, kept and read, and your desktop took its notification."
    : "A test call from outside reached this computer, was checked, kept and read.";
}
