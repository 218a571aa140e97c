import type { Host, Settings, Tunnel } from "../../bindings/types";
import { systemLook } from "../../state/look.svelte";
import type { WorldName } from "../memory";

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

/** How the tunnel is after the settings have changed, or after a try. */
export function tunnelFor(settings: Settings, now: Date): Tunnel {
  const online = (url: string): Tunnel => ({ state: "online", url, since: now.toISOString() });
  switch (settings.reach) {
    case "off":
      return { state: "off" };
    case "own_address":
      return online(settings.ownAddress ?? "https://localhost");
    case "ngrok":
      return settings.hasNgrokToken
        ? online(`https://${settings.ngrokDomain ?? "bluebell.ngrok.app"}`)
        : {
            state: "failed",
            code: null,
            message:
              "Paste the authtoken of an ngrok account first. It is free: dashboard.ngrok.com/get-started/your-authtoken.",
          };
  }
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

/** As the program derives them from the settings. */
export function hostsOf(settings: Settings, tunnel: Tunnel): Host[] {
  const bare = (url: string) => url.replace("https://", "").replace(/:443$/, "");
  if (settings.reach === "off") return [];
  const proxy: Host[] = settings.ngrokProxy
    ? [{ name: bare(settings.ngrokProxy.replace(/^\w+:\/\//, "")), purpose: "proxy" }]
    : [];
  if (settings.reach === "own_address")
    return [{ name: bare(settings.ownAddress ?? ""), purpose: "own_address" }, ...proxy];
  const address = tunnel.state === "online" ? tunnel.url : settings.ngrokDomain;
  const own: Host[] = address ? [{ name: bare(address), purpose: "own_address" }] : [];
  const server = bare(settings.ngrokServer ?? "connect.ngrok-agent.com");
  return [{ name: server, purpose: "tunnel" }, ...own, ...proxy];
}
