import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Change } from "../bindings/types";
import type { Backend, Unsubscribe } from "./backend";

/** `listen` answers later; whoever unsubscribes before that must still be unsubscribed. */
function subscribe<T>(event: string, callback: (payload: T) => void): Unsubscribe {
  const listening = listen<T>(event, ({ payload }) => callback(payload));
  return () => void listening.then((stop) => stop());
}

export const tauriBackend: Backend = {
  timeline: (query) => invoke("timeline", { query }),
  booking: (id) => invoke("booking", { id }),
  markRead: (eventIds) => invoke("mark_read", { eventIds }),
  gaps: () => invoke("gaps"),

  calendar: (query) => invoke("calendar", { query }),

  overview: (since) => invoke("overview", { since }),

  deliveries: (query) => invoke("deliveries", { query }),
  delivery: (id) => invoke("delivery", { id }),
  replay: (id) => invoke("replay", { id }),
  copyAsCurl: (id) => invoke("copy_as_curl", { id }),

  endpoints: () => invoke("endpoints"),
  providers: () => invoke("providers"),
  addEndpoint: (endpoint) => invoke("add_endpoint", { endpoint }),
  removeEndpoint: (id) => invoke("remove_endpoint", { id }),
  addSecret: (endpointId, secret) => invoke("add_secret", { endpointId, secret }),
  retireSecret: (endpointId, secretId) => invoke("retire_secret", { endpointId, secretId }),
  rejections: () => invoke("rejections"),
  copyAddress: (endpointId) => invoke("copy_address", { endpointId }),
  selfTest: (endpointId) => invoke("self_test", { endpointId }),

  status: () => invoke("status"),
  settings: () => invoke("settings"),
  saveSettings: (change) => invoke("save_settings", { change }),
  setNgrokToken: (token) => invoke("set_ngrok_token", { token }),
  tryNow: () => invoke("try_now"),
  pauseNotifications: (minutes) => invoke("pause_notifications", { minutes }),
  testNotification: () => invoke("test_notification"),

  firstRun: () => invoke("first_run"),
  saveFirstRun: (firstRun) => invoke("save_first_run", { firstRun }),
  startDemo: () => invoke("start_demo"),

  copyText: (text) => invoke("copy_text", { text }),
  openLink: (url) => invoke("open_link", { url }),

  onChange: (callback) => subscribe<Change>("changed", callback),
  onNavigate: (callback) => subscribe<string>("navigate", callback),
};
