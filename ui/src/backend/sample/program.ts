import type { DesktopShows, Settings, Tunnel } from "../../bindings/types";
import { systemLook } from "../../state/look.svelte";
import type { WorldName } from "./world";

const ago = (now: Date, minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();

export function tunnelOf(world: WorldName, now: Date): Tunnel {
  if (world === "empty" || world === "first") return { state: "off" };
  if (world === "trouble")
    return {
      state: "reconnecting",
      since: ago(now, 12),
      code: null,
      cause: "ngrok does not answer.",
      nextTry: new Date(now.getTime() + 38_000).toISOString(),
    };
  if (world === "refused")
    return {
      state: "failed",
      code: "ERR_NGROK_107",
      message:
        "ngrok does not know this authtoken any more: it was reset, revoked or belongs to an account that is gone. Copy the present one from dashboard.ngrok.com/get-started/your-authtoken.",
    };
  return { state: "online", url: "https://bluebell.ngrok.app", since: ago(now, 5 * 60) };
}

export function settingsOf(world: WorldName): Settings {
  const empty = world === "empty" || world === "first";
  return {
    reach: empty ? "off" : "ngrok",
    ngrokDomain: empty ? null : world === "trouble" ? "quiet-otter.ngrok.app" : "bluebell.ngrok.app",
    hasNgrokToken: !empty,
    tokenFromEnvironment: world === "refused",
    ngrokServer: null,
    ngrokRootCas: null,
    ngrokProxy: null,
    ngrokPooling: false,
    ownAddress: null,
    probe: true,
    secretsKeptIn: "keychain",
    dataDir: "/home/rosa/.local/share/app.bellhop.desktop",
    look: systemLook,
    notificationPrivacy: "full",
    startAtLogin: false,
    keepCallsDays: null,
  };
}

export function desktopOf(world: WorldName): DesktopShows {
  if (world !== "trouble") return { by: "gnome-shell", troubles: [] };
  const message =
    'The desktop is set to "do not disturb", so nothing appears on the screen. Switch it off in the desktop\'s own settings.';
  return { by: "Plasma", troubles: [{ code: "do_not_disturb", message, hidesAll: true }] };
}
