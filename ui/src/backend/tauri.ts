import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Change, Look } from "../bindings/types";
import { systemLook } from "../state/look.svelte";
import type { Backend, Unsubscribe } from "./backend";

/** `listen` answers later; whoever unsubscribes before that must still be unsubscribed. */
function subscribe<T>(event: string, callback: (payload: T) => void): Unsubscribe {
  const listening = listen<T>(event, ({ payload }) => callback(payload));
  return () => void listening.then((stop) => stop());
}

/** The program says it to the page before the page's own scripts run. */
declare global {
  interface Window {
    __BELLHOP_LOOK__?: Look;
  }
}

export const tauriBackend: Backend = {
  firstLook: window.__BELLHOP_LOOK__ ?? systemLook,

  timeline: (query) => invoke("timeline", { query }),
  booking: (id) => invoke("booking", { id }),
  setDone: (id, done) => invoke("set_done", { id, done }),
  addNote: (bookingId, text) => invoke("add_note", { bookingId, text }),
  editNote: (id, text) => invoke("edit_note", { id, text }),
  removeNote: (id) => invoke("remove_note", { id }),
  replayBooking: (id) => invoke("replay_booking", { id }),
  markRead: (eventIds) => invoke("mark_read", { eventIds }),
  gaps: () => invoke("gaps"),

  reminders: () => invoke("reminders"),
  chooseReminders: (rules) => invoke("choose_reminders", { rules }),
  bookingReminders: (id) => invoke("booking_reminders", { id }),
  remindOfBooking: (id, leads) => invoke("remind_of_booking", { id, leads }),
  cards: () => invoke("cards"),
  answerCard: (bookingId, answer) => invoke("answer_card", { bookingId, answer }),
  openCard: (bookingId) => invoke("open_card", { bookingId }),
  overlaps: () => invoke("overlaps"),
  acceptOverlap: (id, other, accepted) => invoke("accept_overlap", { id, other, accepted }),
  setBuffer: (endpointId, minutes) => invoke("set_buffer", { endpointId, minutes }),

  calendar: (query) => invoke("calendar", { query }),

  digest: () => invoke("digest"),
  digestSchedule: () => invoke("digest_schedule"),
  setDigestSchedule: (schedule) => invoke("set_digest_schedule", { schedule }),

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
  pauseNotifications: (pause) => invoke("pause_notifications", { pause }),
  notices: (query) => invoke("notices", { query }),
  desktopShows: () => invoke("desktop_shows"),
  testNotification: () => invoke("test_notification"),
  saveLook: (look) => invoke("save_look", { look }),
  setNotificationPrivacy: (privacy) => invoke("set_notification_privacy", { privacy }),
  startAtLogin: (on) => invoke("start_at_login", { on }),
  wishes: () => invoke("wishes"),
  keepRules: (rules) => invoke("keep_rules", { rules }),
  keepQuietHours: (quietHours) => invoke("keep_quiet_hours", { quietHours }),
  keepSounds: (sounds) => invoke("keep_sounds", { sounds }),
  previewRules: (rules, quietHours) => invoke("preview_rules", { rules, quietHours }),
  trySound: (sound) => invoke("try_sound", { sound }),
  hosts: () => invoke("hosts"),

  footprint: () => invoke("footprint"),
  openDataFolder: () => invoke("open_data_folder"),
  backUp: () => invoke("back_up"),
  chooseBackup: () => invoke("choose_backup"),
  restore: () => invoke("restore"),
  callsDue: (days) => invoke("calls_due", { days }),
  keepCallsFor: (days) => invoke("keep_calls_for", { days }),
  findPeople: (text) => invoke("find_people", { text }),
  personData: (person) => invoke("person_data", { person }),
  erasePerson: (person) => invoke("erase_person", { person }),

  firstRun: () => invoke("first_run"),
  saveFirstRun: (firstRun) => invoke("save_first_run", { firstRun }),
  startDemo: () => invoke("start_demo"),

  copyText: (text) => invoke("copy_text", { text }),
  openLink: (url) => invoke("open_link", { url }),

  onChange: (callback) => subscribe<Change>("changed", callback),
};
