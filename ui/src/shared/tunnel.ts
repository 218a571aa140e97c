import type { Settings, Tunnel } from "../bindings/types";

export type TunnelWords = { tone: "good" | "wait" | "bad" | "off"; word: string; cause: string | null };

export function tunnelWords(tunnel: Tunnel | null, settings: Settings | null): TunnelWords {
  switch (tunnel?.state) {
    case "online":
      return { tone: "good", word: onlineWord(settings), cause: null };
    case "connecting":
      return { tone: "wait", word: "Connecting…", cause: null };
    case "reconnecting":
      return { tone: "bad", word: "Not reachable", cause: `${sentence(tunnel.cause)} Trying again.` };
    case "failed":
      return { tone: "bad", word: "Not reachable", cause: sentence(tunnel.message) };
    case "off":
      return isSetUp(settings)
        ? { tone: "off", word: "Turned off", cause: null }
        : { tone: "off", word: "Not set up", cause: null };
    default:
      return { tone: "wait", word: "Starting…", cause: null };
  }
}

/** Reachable is only what has been seen to be so: without the probe, nobody has looked whether calls arrive. */
function onlineWord(settings: Settings | null): string {
  if (settings === null || settings.probe) return "Reachable";
  return settings.reach === "own_address" ? "Not checked" : "Connected, not checked";
}

function isSetUp(settings: Settings | null): boolean {
  return settings !== null && (settings.hasNgrokToken || settings.ownAddress !== null);
}

/** Why an endpoint has no public address to give out. */
export function whyNoAddress(tunnel: Tunnel | null, settings: Settings | null): string {
  const { word, cause } = tunnelWords(tunnel, settings);
  switch (tunnel?.state) {
    case "off":
      return isSetUp(settings)
        ? "Being reachable is turned off, so there is no public address to give out."
        : "No way to be reached is set up yet, so there is no public address to give out.";
    case "reconnecting":
    case "failed":
      return `${word}: ${cause}`;
    default:
      return "The public address appears here as soon as Bellhop can be reached.";
  }
}

export function sentence(text: string): string {
  return /[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}
