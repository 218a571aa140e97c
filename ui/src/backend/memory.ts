import type {
  Backup,
  Booking,
  BookingReminders,
  CalendarBooking,
  CalendarQuery,
  CallsDue,
  Card,
  Change,
  DeliveryPage,
  DeliveryQuery,
  DesktopShows,
  Digest,
  DigestSchedule,
  Endpoint,
  Failure,
  FirstRun,
  Footprint,
  Gap,
  Host,
  KeptRule,
  KindSound,
  KnownPerson,
  Look,
  NewEndpoint,
  Note,
  NoticePage,
  NoticeQuery,
  OverlapPair,
  Overview,
  Pause,
  PersonData,
  PersonQuery,
  Preview,
  Privacy,
  ProviderFacts,
  QuietHours,
  Rejection,
  ReminderRules,
  Reminders,
  Replayed,
  Restored,
  SelfTest,
  Settings,
  SettingsChange,
  Sound,
  Status,
  TimelineEntry,
  TimelinePage,
  TimelineQuery,
  Tunnel,
  WholeDelivery,
  Wishes,
} from "../bindings/types";
import { systemLook } from "../state/look.svelte";
import type { Backend, Unsubscribe } from "./backend";
import { calendarOf } from "./sample/calendar";
import { deliveriesOf, wholeDelivery } from "./sample/deliveries";
import { arrivals } from "./sample/arrivals";
import {
  backupOf,
  dataDir,
  dueOf,
  entriesOfPerson,
  footprintOf,
  peopleOf,
  personDataOf,
  worldUntil,
} from "./sample/data";
import { digestOf } from "./sample/digest";
import { sampleGaps } from "./sample/gaps";
import { sampleProviders } from "./sample/providers";
import { desktopOf, noticesOf } from "./sample/notices";
import { newEndpoint, withSilence, withStaleAddresses } from "./sample/endpoints";
import { openPairs, allPairs, overlapsOf, withoutKey } from "./sample/overlaps";
import { overviewOf } from "./sample/overview";
import { fits } from "./sample/query";
import { SampleReminders } from "./sample/reminders";
import { preview, wishesOf } from "./sample/rules";
import { blockedTest, passedTest } from "./sample/selfTest";
import type { Story } from "./sample/stories";
import { hostsOf, settingsOf, tunnelFor, tunnelOf } from "./sample/tunnel";
import { emptyWorld, entriesOf, newestFirst, sampleWorld, wholeBooking, type World } from "./sample/world";

/**
 * `sample`: a busy week. `long`: two years of it. `first`: the first launch. `empty`: after its first run was left. `broken`: every reading fails.
 * `trouble`: the tunnel comes back at "Try now", with a new address that two providers do not have and no call gets
 * through. `refused`: ngrok does not accept the token, which comes from the environment.
 */
export type WorldName = "sample" | "long" | "empty" | "first" | "trouble" | "refused" | "broken";

export type MemoryOptions = {
  world?: WorldName;
  now?: () => Date;
  /** Milliseconds between arrivals; none when absent. */
  arrivalsEvery?: number;
  demo?: boolean;
  look?: Partial<Look>;
};

/** The program's twin in memory, for the browser and for tests. The same questions get the same answers. */
export class MemoryBackend implements Backend {
  world: World;
  tunnel: Tunnel;
  gapsKept: Gap[];
  copied: string[] = [];
  opened: string[] = [];
  tests = 0;
  foldersOpened = 0;
  /** What the person answers in the system's next dialogs; `null` closes them. */
  chosenFile: string | null = "/home/rosa/Documents/bellhop-2026-11-18.db";
  readonly firstLook: Look;
  /** Whether the desktop shows notifications. */
  desktopGoes: DesktopShows;
  /** What the person said of how notices are told. */
  wishesKept: Wishes;
  /** The sounds that were tried. */
  tried: Sound[] = [];
  #ruled = 0;
  /** How the next self-tests go. */
  selfTestGoes: SelfTest;
  #now: () => Date;
  #demo: boolean;
  /** Where the first run stands. */
  firstRunKept: FirstRun | null = null;
  /** How often the demo was opened. */
  demos = 0;
  #reminders = new SampleReminders();
  #settings: Settings;
  #digestSchedule: DigestSchedule = {
    morning: true,
    hour: 8,
    weekdays: [true, true, true, true, true, true, true],
    evenIfNothing: false,
    afterGap: true,
  };
  #backup: World | null = null;
  #restored: Restored | null = null;
  #paused: { until: string | null } | null = null;
  #failures = new Map<keyof Backend, Failure>();
  #changed = new Set<(change: Change) => void>();
  #navigated = new Set<(hash: string) => void>();
  #arrived = 0;
  #noted = 0;

  constructor(options: MemoryOptions = {}) {
    const world = options.world ?? "sample";
    this.#now = options.now ?? (() => new Date());
    this.#demo = options.demo ?? false;
    this.world =
      world === "empty" || world === "first"
        ? emptyWorld()
        : sampleWorld(this.#now(), world === "long" ? 90 : 1);
    if (world === "trouble")
      this.world.endpoints = withSilence(withStaleAddresses(this.world.endpoints), this.#now());
    this.tunnel = tunnelOf(world, this.#now());
    this.gapsKept = sampleGaps(this.world.endpoints, this.#now(), world === "trouble");
    this.firstLook = { ...systemLook, ...options.look };
    this.#settings = { ...settingsOf(world), look: this.firstLook };
    this.wishesKept = wishesOf(world);
    if (world === "empty") this.firstRunKept = { progress: "left", step: "about", endpointId: null };
    this.selfTestGoes = world === "trouble" ? blockedTest : passedTest;
    if (world === "trouble")
      this.#paused = { until: new Date(this.#now().getTime() + 52 * 60_000).toISOString() };
    this.desktopGoes = desktopOf(world);
    if (world === "broken") {
      const failure = { code: null, message: "The database refused: disk I/O error." };
      for (const method of [
        "timeline",
        "booking",
        "overview",
        "calendar",
        "notices",
        "reminders",
        "digest",
        "deliveries",
        "delivery",
        "endpoints",
        "settings",
        "wishes",
        "footprint",
      ] as const)
        this.fail(method, failure);
    }
    if (options.arrivalsEvery) setInterval(() => this.arriveNext(), options.arrivalsEvery);
  }

  /** From now on `method` rejects; `null` heals it. */
  fail(method: keyof Backend, failure: Failure | null): void {
    if (failure) this.#failures.set(method, failure);
    else this.#failures.delete(method);
  }

  arriveNext(): TimelineEntry[] {
    return this.arrive(arrivals[this.#arrived % arrivals.length]!);
  }

  arrive(story: Story): TimelineEntry[] {
    this.#arrived += 1;
    const entries = entriesOf(story, `live-${this.#arrived}`, this.world.endpoints, this.#now());
    this.world.entries = newestFirst([...entries, ...this.world.entries]);
    const endpoint = this.#endpoint(story.endpoint);
    endpoint.lastDeliveryAt = entries[0]?.receivedAt ?? endpoint.lastDeliveryAt;
    if (this.tunnel.state === "online") endpoint.staleAddress = null;
    this.changed({ timeline: true, endpoints: true, notices: true, status: true });
    return entries;
  }

  changed(change: Partial<Change>): void {
    for (const callback of this.#changed)
      callback({ timeline: false, endpoints: false, gaps: false, notices: false, status: false, ...change });
  }

  navigate(hash: string): void {
    for (const callback of this.#navigated) callback(hash);
  }

  setTunnel(tunnel: Tunnel): void {
    this.tunnel = tunnel;
    this.changed({ status: true, endpoints: true });
  }

  async timeline(query: TimelineQuery): Promise<TimelinePage> {
    this.#answer("timeline");
    const found = this.world.entries.filter((entry) => fits(entry, query, this.#notesOf(entry.bookingId)));
    const from = query.before ? found.findIndex((entry) => entry.eventId === query.before) + 1 : 0;
    const entries = found.slice(from, from + query.limit);
    const more = from + query.limit < found.length;
    const overlap = new Set(
      openPairs(this.world, this.#now()).flatMap(({ earlier, later }) => [earlier.id, later.id]),
    );
    const shown = entries.map((entry) => ({
      ...entry,
      done: this.#isDone(entry.bookingId),
      overlaps: entry.bookingId !== null && overlap.has(entry.bookingId),
    }));
    return structuredClone({ entries: shown, next: more ? (entries.at(-1)?.eventId ?? null) : null });
  }

  async booking(id: string): Promise<Booking> {
    this.#answer("booking");
    const booking = wholeBooking(this.world, id);
    if (!booking) throw { code: "not_found", message: "This booking is no longer there." } satisfies Failure;
    return structuredClone({ ...booking, overlaps: overlapsOf(this.world, id, this.#now()) });
  }

  async overlaps(): Promise<OverlapPair[]> {
    this.#answer("overlaps");
    return structuredClone(openPairs(this.world, this.#now()).map(withoutKey));
  }

  async acceptOverlap(id: string, other: string, accepted: boolean): Promise<Booking> {
    this.#answer("acceptOverlap");
    for (const { earlier, later, key } of allPairs(this.world)) {
      if (![earlier.id, later.id].every((one) => one === id || one === other)) continue;
      if (accepted) this.world.accepted.set(key, this.#now().toISOString());
      else this.world.accepted.delete(key);
    }
    this.changed({ timeline: true });
    return this.booking(id);
  }

  async setBuffer(endpointId: string, minutes: number): Promise<Endpoint> {
    this.#answer("setBuffer");
    const endpoint = this.#endpoint(endpointId);
    endpoint.bufferMinutes = minutes;
    this.changed({ endpoints: true, timeline: true });
    return this.#shown(endpoint);
  }

  async setDone(id: string, done: boolean): Promise<Booking> {
    this.#answer("setDone");
    if (done) this.world.done.set(id, this.#now().toISOString());
    else this.world.done.delete(id);
    this.changed({ timeline: true });
    return this.booking(id);
  }

  async addNote(bookingId: string, text: string): Promise<Booking> {
    this.#answer("addNote");
    const [id, writtenAt] = [`note-${++this.#noted}`, this.#now().toISOString()];
    const note: Note = { id, text: text.trim(), writtenAt, editedAt: null };
    this.world.notes.set(bookingId, [...this.#notesOf(bookingId), note]);
    this.changed({ timeline: true });
    return this.booking(bookingId);
  }

  async editNote(id: string, text: string): Promise<Booking> {
    this.#answer("editNote");
    const editedAt = this.#now().toISOString();
    return this.#changeNote(id, (note) => [{ ...note, text: text.trim(), editedAt }]);
  }

  async removeNote(id: string): Promise<Booking> {
    this.#answer("removeNote");
    return this.#changeNote(id, () => []);
  }

  async replayBooking(id: string): Promise<Replayed> {
    this.#answer("replayBooking");
    await this.#aMoment();
    const { events } = await this.booking(id);
    return { read: new Set(events.map((event) => event.deliveryId)).size, removed: 0 };
  }

  async markRead(eventIds: string[]): Promise<void> {
    this.#answer("markRead");
    for (const entry of this.world.entries) if (eventIds.includes(entry.eventId)) entry.unread = false;
    this.changed({ timeline: true, status: true });
  }

  async reminders(): Promise<Reminders> {
    this.#answer("reminders");
    const { entries, done } = this.world;
    return structuredClone(this.#reminders.reminders(entries, done, this.#now()));
  }

  async chooseReminders(rules: ReminderRules): Promise<Reminders> {
    this.#answer("chooseReminders");
    this.#reminders.choose(rules);
    this.changed({ notices: true });
    return this.reminders();
  }

  async bookingReminders(id: string): Promise<BookingReminders> {
    this.#answer("bookingReminders");
    const { entries, done } = this.world;
    return structuredClone(this.#reminders.ofBooking(entries, done, id, this.#now()));
  }

  async remindOfBooking(id: string, leads: number[] | null): Promise<BookingReminders> {
    this.#answer("remindOfBooking");
    this.#reminders.chooseFor(id, leads);
    this.changed({ notices: true });
    return this.bookingReminders(id);
  }

  async cards(): Promise<Card[]> {
    this.#answer("cards");
    const { entries, done } = this.world;
    const { notificationPrivacy } = this.#settings;
    return structuredClone(this.#reminders.cards(entries, done, notificationPrivacy, this.#now()));
  }

  async answerCard(bookingId: string, _answer: string): Promise<void> {
    this.#answer("answerCard");
    this.#reminders.answer(bookingId);
    this.changed({ notices: true });
  }

  async openCard(bookingId: string): Promise<void> {
    await this.answerCard(bookingId, "opened");
    this.navigate(`#/booking/${bookingId}`);
  }

  async calendar(query: CalendarQuery): Promise<CalendarBooking[]> {
    this.#answer("calendar");
    return structuredClone(calendarOf(this.world, query));
  }

  async digest(): Promise<Digest> {
    this.#answer("digest");
    return structuredClone(digestOf(this.world, await this.gaps(), this.#now(), this.#paused !== null));
  }

  async digestSchedule(): Promise<DigestSchedule> {
    this.#answer("digestSchedule");
    return structuredClone(this.#digestSchedule);
  }

  async setDigestSchedule(schedule: DigestSchedule): Promise<DigestSchedule> {
    this.#answer("setDigestSchedule");
    this.#digestSchedule = structuredClone(schedule);
    return this.digestSchedule();
  }

  async overview(since: string): Promise<Overview> {
    this.#answer("overview");
    return overviewOf(this.world.entries.filter((entry) => entry.receivedAt >= since));
  }

  async deliveries(query: DeliveryQuery): Promise<DeliveryPage> {
    this.#answer("deliveries");
    const found = deliveriesOf(this.world.entries).filter(
      (delivery) =>
        (query.endpointId === null || delivery.endpointId === query.endpointId) &&
        (!query.withProblems || delivery.problems.length > 0),
    );
    const from = query.before ? found.findIndex((delivery) => delivery.id === query.before) + 1 : 0;
    const deliveries = found.slice(from, from + query.limit);
    const more = from + query.limit < found.length;
    return structuredClone({ deliveries, next: more ? (deliveries.at(-1)?.id ?? null) : null });
  }

  async delivery(id: string): Promise<WholeDelivery> {
    this.#answer("delivery");
    const entries = this.world.entries.filter((entry) => entry.deliveryId === id);
    if (entries.length === 0)
      throw { code: null, message: "This call is no longer there." } satisfies Failure;
    return structuredClone(wholeDelivery(entries));
  }

  async replay(id: string): Promise<WholeDelivery> {
    this.#answer("replay");
    await this.#aMoment();
    return { ...(await this.delivery(id)), workedAt: this.#now().toISOString() };
  }

  async copyAsCurl(id: string): Promise<void> {
    this.#answer("copyAsCurl");
    const { body } = await this.delivery(id);
    this.copied.push(`curl -X POST 'http://127.0.0.1:7311/hooks/…' --data-raw '${body}'`);
  }

  async gaps(): Promise<Gap[]> {
    this.#answer("gaps");
    const there = new Set(this.world.endpoints.map(({ id }) => id));
    const kept = this.gapsKept.map((gap) => ({
      ...gap,
      endpoints: gap.endpoints.filter(({ endpointId }) => there.has(endpointId)),
    }));
    return structuredClone(kept.filter(({ endpoints }) => endpoints.length > 0));
  }

  async notices(query: NoticeQuery): Promise<NoticePage> {
    this.#answer("notices");
    const all = noticesOf(this.world.entries, this.world.endpoints, this.#now());
    const asked = query.unshown ? all.filter((notice) => notice.notShown !== null) : all;
    const begin = query.before === null ? 0 : asked.findIndex((one) => one.id === query.before) + 1;
    const notices = asked.slice(begin, begin + query.limit);
    return { notices, next: begin + query.limit < asked.length ? (notices.at(-1)?.id ?? null) : null };
  }

  async desktopShows(): Promise<DesktopShows> {
    this.#answer("desktopShows");
    return structuredClone(this.desktopGoes);
  }

  async endpoints(): Promise<Endpoint[]> {
    this.#answer("endpoints");
    return this.world.endpoints.map((endpoint) => this.#shown(endpoint));
  }

  async providers(): Promise<ProviderFacts[]> {
    this.#answer("providers");
    return structuredClone(sampleProviders);
  }

  async addEndpoint(asked: NewEndpoint): Promise<Endpoint> {
    this.#answer("addEndpoint");
    const endpoint = newEndpoint(asked, this.world.endpoints.length + 1, this.#now().toISOString());
    this.world.endpoints = [...this.world.endpoints, endpoint];
    this.changed({ endpoints: true });
    return this.#shown(endpoint);
  }

  async removeEndpoint(id: string): Promise<void> {
    this.#answer("removeEndpoint");
    this.world.endpoints = this.world.endpoints.filter((endpoint) => endpoint.id !== id);
    this.changed({ endpoints: true, gaps: true });
  }

  async addSecret(endpointId: string, _secret: string): Promise<Endpoint> {
    this.#answer("addSecret");
    const endpoint = this.#endpoint(endpointId);
    const id = `${endpointId}-secret-${endpoint.secrets.length + 1}-${this.#now().getTime()}`;
    endpoint.secrets = [...endpoint.secrets, { id, createdAt: this.#now().toISOString(), lastUsedAt: null }];
    this.changed({ endpoints: true });
    return this.#shown(endpoint);
  }

  async retireSecret(endpointId: string, secretId: string): Promise<Endpoint> {
    this.#answer("retireSecret");
    const endpoint = this.#endpoint(endpointId);
    endpoint.secrets = endpoint.secrets.filter((secret) => secret.id !== secretId);
    this.changed({ endpoints: true });
    return this.#shown(endpoint);
  }

  async rejections(): Promise<Rejection[]> {
    this.#answer("rejections");
    return structuredClone(this.world.rejections);
  }

  async copyAddress(endpointId: string): Promise<void> {
    this.#answer("copyAddress");
    const { publicUrl } = this.#shown(this.#endpoint(endpointId));
    if (publicUrl === null)
      throw { code: null, message: "There is no public address at the moment." } satisfies Failure;
    this.copied.push(publicUrl);
    this.changed({ endpoints: true });
  }

  async selfTest(_endpointId: string): Promise<SelfTest> {
    this.#answer("selfTest");
    await this.#aMoment();
    return structuredClone(this.selfTestGoes);
  }

  async status(): Promise<Status> {
    this.#answer("status");
    return {
      version: "0.1.0",
      demo: this.#demo,
      listening: "127.0.0.1:7311",
      tunnel: this.tunnel,
      notificationsPaused: this.#paused !== null,
      notificationsPausedUntil: this.#paused?.until ?? null,
      unread: this.world.entries.filter((entry) => entry.unread).length,
    };
  }

  async firstRun(): Promise<FirstRun | null> {
    this.#answer("firstRun");
    return structuredClone(this.firstRunKept);
  }

  async saveFirstRun(firstRun: FirstRun): Promise<void> {
    this.#answer("saveFirstRun");
    this.firstRunKept = structuredClone(firstRun);
  }

  async startDemo(): Promise<void> {
    this.#answer("startDemo");
    if (this.demos > 0)
      throw {
        code: null,
        message: "The demo is open already, in a window of its own.",
      } satisfies Failure;
    this.demos += 1;
  }

  async settings(): Promise<Settings> {
    this.#answer("settings");
    return { ...this.#settings };
  }

  async saveSettings(change: SettingsChange): Promise<Settings> {
    this.#answer("saveSettings");
    this.#settings = { ...this.#settings, ...change };
    this.setTunnel(tunnelFor(this.#settings, this.#now()));
    return this.settings();
  }

  async setNgrokToken(token: string | null): Promise<Settings> {
    this.#answer("setNgrokToken");
    this.#settings = { ...this.#settings, hasNgrokToken: token !== null };
    this.setTunnel(tunnelFor(this.#settings, this.#now()));
    return this.settings();
  }

  async tryNow(): Promise<void> {
    this.#answer("tryNow");
    const before = this.tunnel;
    this.setTunnel(before.state === "reconnecting" ? { ...before, nextTry: null } : { state: "connecting" });
    void this.#aMoment().then(() =>
      this.setTunnel(before.state === "failed" ? before : tunnelFor(this.#settings, this.#now())),
    );
  }

  async pauseNotifications(pause: Pause | null): Promise<Status> {
    this.#answer("pauseNotifications");
    const inMinutes = (minutes: number) => new Date(this.#now().getTime() + minutes * 60_000).toISOString();
    this.#paused = pause === null ? null : { until: pause === "until_resumed" ? null : inMinutes(pause) };
    this.changed({ status: true });
    return this.status();
  }

  async testNotification(): Promise<void> {
    this.#answer("testNotification");
    this.tests += 1;
  }

  async saveLook(look: Look): Promise<Settings> {
    this.#answer("saveLook");
    this.#settings = { ...this.#settings, look };
    return this.settings();
  }

  async setNotificationPrivacy(notificationPrivacy: Privacy): Promise<Settings> {
    this.#answer("setNotificationPrivacy");
    this.#settings = { ...this.#settings, notificationPrivacy };
    return this.settings();
  }

  async startAtLogin(startAtLogin: boolean): Promise<Settings> {
    this.#answer("startAtLogin");
    this.#settings = { ...this.#settings, startAtLogin };
    return this.settings();
  }

  async wishes(): Promise<Wishes> {
    this.#answer("wishes");
    return structuredClone(this.wishesKept);
  }

  async keepRules(rules: KeptRule[]): Promise<Wishes> {
    this.#answer("keepRules");
    const known = new Set(this.wishesKept.rules.map(({ id }) => id));
    this.wishesKept.rules = structuredClone(rules).map(({ id, rule }) => ({
      id: id !== null && known.has(id) ? id : `rule-${(this.#ruled += 1)}`,
      rule,
    }));
    return this.wishes();
  }

  async keepQuietHours(quietHours: QuietHours): Promise<Wishes> {
    this.#answer("keepQuietHours");
    this.wishesKept.quietHours = structuredClone(quietHours);
    return this.wishes();
  }

  async keepSounds(sounds: KindSound[]): Promise<Wishes> {
    this.#answer("keepSounds");
    this.wishesKept.sounds = structuredClone(sounds);
    return this.wishes();
  }

  async previewRules(rules: KeptRule[], quietHours: QuietHours): Promise<Preview> {
    this.#answer("previewRules");
    return preview(this.world.entries, this.wishesKept, { ...this.wishesKept, rules, quietHours });
  }

  async trySound(sound: Sound): Promise<void> {
    this.#answer("trySound");
    this.tried.push(sound);
  }

  async hosts(): Promise<Host[]> {
    this.#answer("hosts");
    return hostsOf(this.#settings, this.tunnel);
  }

  async footprint(): Promise<Footprint> {
    this.#answer("footprint");
    return structuredClone(footprintOf(this.world, this.#restored));
  }

  async openDataFolder(): Promise<void> {
    this.#answer("openDataFolder");
    this.foldersOpened += 1;
  }

  async backUp(): Promise<Backup | null> {
    this.#answer("backUp");
    return this.chosenFile === null ? null : backupOf(this.world, this.chosenFile);
  }

  /** The sample's backup is as old as yesterday. */
  async chooseBackup(): Promise<Backup | null> {
    this.#answer("chooseBackup");
    if (this.chosenFile === null) return null;
    this.#backup = worldUntil(this.world, new Date(this.#now().getTime() - 86_400_000));
    return backupOf(this.#backup, this.chosenFile);
  }

  async restore(): Promise<void> {
    this.#answer("restore");
    if (this.#backup === null) throw { code: null, message: "Choose a backup first." } satisfies Failure;
    await this.#aMoment();
    this.world = this.#backup;
    this.#backup = null;
    this.#restored = {
      file: this.chosenFile ?? "",
      failure: null,
      keptAside: `${dataDir}/bellhop-replaced-2026-11-19T141200Z.db`,
      withoutSecret: [],
    };
    this.changed({ timeline: true, endpoints: true, gaps: true, status: true });
    this.navigate("#/settings/data");
  }

  async callsDue(days: number | null): Promise<CallsDue> {
    this.#answer("callsDue");
    return dueOf(this.world.entries, days, this.#now());
  }

  async keepCallsFor(keepCallsDays: number | null): Promise<number> {
    this.#answer("keepCallsFor");
    this.#settings = { ...this.#settings, keepCallsDays };
    return dueOf(this.world.entries, keepCallsDays, this.#now()).deliveries;
  }

  async findPeople(text: string): Promise<KnownPerson[]> {
    this.#answer("findPeople");
    return peopleOf(this.world.entries, text);
  }

  async personData(person: PersonQuery): Promise<PersonData> {
    this.#answer("personData");
    return personDataOf(this.world.entries, person);
  }

  async erasePerson(person: PersonQuery): Promise<PersonData> {
    this.#answer("erasePerson");
    const told = personDataOf(this.world.entries, person);
    const gone = new Set(entriesOfPerson(this.world.entries, person));
    this.world.entries = this.world.entries.filter((entry) => !gone.has(entry));
    this.changed({ timeline: true, endpoints: true, status: true });
    return { ...told, knownAs: [], newest: [] };
  }

  async copyText(text: string): Promise<void> {
    this.#answer("copyText");
    this.copied.push(text);
  }

  async openLink(url: string): Promise<void> {
    this.#answer("openLink");
    this.opened.push(url);
  }

  onChange(callback: (change: Change) => void): Unsubscribe {
    this.#changed.add(callback);
    return () => this.#changed.delete(callback);
  }

  onNavigate(callback: (hash: string) => void): Unsubscribe {
    this.#navigated.add(callback);
    return () => this.#navigated.delete(callback);
  }

  #answer(method: keyof Backend): void {
    const failure = this.#failures.get(method);
    if (failure) throw failure;
  }

  #notesOf(bookingId: string | null): Note[] {
    return (bookingId !== null && this.world.notes.get(bookingId)) || [];
  }

  #isDone(bookingId: string | null): boolean {
    return bookingId !== null && this.world.done.has(bookingId);
  }

  async #changeNote(id: string, change: (note: Note) => Note[]): Promise<Booking> {
    for (const [bookingId, notes] of this.world.notes) {
      if (!notes.some((note) => note.id === id)) continue;
      this.world.notes.set(
        bookingId,
        notes.flatMap((note) => (note.id === id ? change(note) : [note])),
      );
      this.changed({ timeline: true });
      return this.booking(bookingId);
    }
    throw { code: null, message: "This booking is no longer there." } satisfies Failure;
  }

  #aMoment(): Promise<void> {
    return new Promise((done) => setTimeout(done, 400));
  }

  #endpoint(id: string): Endpoint {
    const endpoint = this.world.endpoints.find((one) => one.id === id);
    if (!endpoint)
      throw { code: "not_found", message: "This endpoint is no longer there." } satisfies Failure;
    return endpoint;
  }

  #shown(endpoint: Endpoint): Endpoint {
    const publicUrl = this.tunnel.state === "online" ? this.tunnel.url + endpoint.path : null;
    return structuredClone({ ...endpoint, publicUrl });
  }
}
