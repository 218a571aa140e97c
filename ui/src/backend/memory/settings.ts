import type { Host, Settings, Status, Tunnel } from "../../bindings/types";
import type { Backend } from "../backend";
import type { Memory } from "./state";

export function settings(memory: Memory) {
  const change = (part: Partial<Settings>) => (memory.settingsKept = { ...memory.settingsKept, ...part });
  const reached = () => tunnelFor(memory.settingsKept, memory.now());

  return {
    async status() {
      return statusOf(memory);
    },

    async settings() {
      return memory.settingsKept;
    },

    async saveSettings(asked) {
      change(asked);
      memory.setTunnel(reached());
      return memory.settingsKept;
    },

    async setNgrokToken(token) {
      change({ hasNgrokToken: token !== null });
      memory.setTunnel(reached());
      return memory.settingsKept;
    },

    async tryNow() {
      const before = memory.tunnel;
      memory.setTunnel(
        before.state === "reconnecting" ? { ...before, nextTry: null } : { state: "connecting" },
      );
      void memory.aMoment().then(() => memory.setTunnel(before.state === "failed" ? before : reached()));
    },

    async selfTest(_endpointId) {
      await memory.aMoment();
      return memory.selfTestGoes;
    },

    async pauseNotifications(pause) {
      memory.paused =
        pause === null ? null : { until: pause === "until_resumed" ? null : memory.inMinutes(pause) };
      memory.changed({ status: true });
      return statusOf(memory);
    },

    async saveLook(look) {
      return change({ look });
    },

    async setNotificationPrivacy(notificationPrivacy) {
      return change({ notificationPrivacy });
    },

    async startAtLogin(startAtLogin) {
      return change({ startAtLogin });
    },

    async hosts() {
      return hostsOf(memory.settingsKept, memory.tunnel);
    },
  } satisfies Partial<Backend>;
}

function statusOf({ demo, tunnel, paused, world }: Memory): Status {
  return {
    version: "0.1.0",
    demo,
    listening: "127.0.0.1:7311",
    tunnel,
    notificationsPaused: paused !== null,
    notificationsPausedUntil: paused?.until ?? null,
    unread: world.entries.filter((entry) => entry.unread).length,
  };
}

/** How the tunnel is after the settings have changed, or after a try. */
function tunnelFor(settings: Settings, now: Date): Tunnel {
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

/** As the program derives them from the settings. */
function hostsOf(settings: Settings, tunnel: Tunnel): Host[] {
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
