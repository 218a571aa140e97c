import type { Settings, Tunnel } from "../bindings/types";
import { t, told } from "../words/words.svelte";

export type TunnelWords = { tone: "good" | "wait" | "bad" | "off"; word: string; cause: string | null };

export function tunnelWords(tunnel: Tunnel | null, settings: Settings | null): TunnelWords {
  switch (tunnel?.state) {
    case "online":
      return { tone: "good", word: onlineWord(settings), cause: null };
    case "connecting":
      return { tone: "wait", word: t("shared.tunnel.connecting"), cause: null };
    case "reconnecting":
      return {
        tone: "bad",
        word: t("shared.tunnel.notReachable"),
        cause: t("shared.tunnel.again", { cause: sentence(tunnel.cause) }),
      };
    case "failed":
      return { tone: "bad", word: t("shared.tunnel.notReachable"), cause: sentence(tunnel.message) };
    case "off":
      return isSetUp(settings)
        ? { tone: "off", word: t("shared.tunnel.off"), cause: null }
        : { tone: "off", word: t("shared.tunnel.notSetUp"), cause: null };
    default:
      return { tone: "wait", word: t("shared.tunnel.starting"), cause: null };
  }
}

/** Reachable is only what has been seen to be so: without the probe, nobody has looked whether calls arrive. */
function onlineWord(settings: Settings | null): string {
  if (settings === null || settings.probe) return t("shared.tunnel.online");
  return settings.reach === "own_address"
    ? t("shared.tunnel.notChecked")
    : t("shared.tunnel.connectedNotChecked");
}

function isSetUp(settings: Settings | null): boolean {
  return settings !== null && (settings.hasNgrokToken || settings.ownAddress !== null);
}

/** Why an endpoint has no public address to give out. */
export function whyNoAddress(tunnel: Tunnel | null, settings: Settings | null): string {
  const { word, cause } = tunnelWords(tunnel, settings);
  switch (tunnel?.state) {
    case "off":
      return isSetUp(settings) ? t("shared.noAddress.off") : t("shared.noAddress.notSetUp");
    case "reconnecting":
    case "failed":
      return t("shared.noAddress.because", { word, cause: cause ?? "" });
    default:
      return t("shared.noAddress.soon");
  }
}

/** What the program says of the tunnel, as a sentence. */
export function sentence(text: string): string {
  const said = told(text.trim());
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}
