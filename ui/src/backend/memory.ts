import type {
  Booking,
  CalendarBooking,
  CalendarQuery,
  Change,
  DeliveryPage,
  DeliveryQuery,
  Endpoint,
  Failure,
  FirstRun,
  Gap,
  NewEndpoint,
  Overview,
  ProviderFacts,
  Rejection,
  SelfTest,
  Settings,
  SettingsChange,
  Status,
  TimelineEntry,
  TimelinePage,
  TimelineQuery,
  Tunnel,
  WholeDelivery,
} from "../bindings/types";
import type { Backend, Unsubscribe } from "./backend";
import { calendarOf } from "./sample/calendar";
import { deliveriesOf, wholeDelivery } from "./sample/deliveries";
import { arrivals } from "./sample/arrivals";
import { sampleGaps } from "./sample/gaps";
import { sampleProviders } from "./sample/providers";
import { newEndpoint, withSilence, withStaleAddresses } from "./sample/endpoints";
import { overviewOf } from "./sample/overview";
import { fits } from "./sample/query";
import { blockedTest, passedTest } from "./sample/selfTest";
import type { Story } from "./sample/stories";
import { settingsOf, tunnelFor, tunnelOf } from "./sample/tunnel";
import { bookingFrom, entriesOf, newestFirst, sampleWorld, type World } from "./sample/world";

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
};

/** The program's twin in memory, for the browser and for tests. The same questions get the same answers. */
export class MemoryBackend implements Backend {
  world: World;
  tunnel: Tunnel;
  gapsKept: Gap[];
  copied: string[] = [];
  opened: string[] = [];
  tests = 0;
  /** How the next self-tests go. */
  selfTestGoes: SelfTest;
  #now: () => Date;
  #demo: boolean;
  /** Where the first run stands. */
  firstRunKept: FirstRun | null = null;
  /** How often the demo was opened. */
  demos = 0;
  #settings: Settings;
  #pausedUntil: string | null = null;
  #failures = new Map<keyof Backend, Failure>();
  #changed = new Set<(change: Change) => void>();
  #navigated = new Set<(hash: string) => void>();
  #arrived = 0;

  constructor(options: MemoryOptions = {}) {
    const world = options.world ?? "sample";
    this.#now = options.now ?? (() => new Date());
    this.#demo = options.demo ?? false;
    this.world =
      world === "empty" || world === "first"
        ? { entries: [], endpoints: [], rejections: [] }
        : sampleWorld(this.#now(), world === "long" ? 90 : 1);
    if (world === "trouble")
      this.world.endpoints = withSilence(withStaleAddresses(this.world.endpoints), this.#now());
    this.tunnel = tunnelOf(world, this.#now());
    this.gapsKept = sampleGaps(this.world.endpoints, this.#now(), world === "trouble");
    this.#settings = settingsOf(world);
    if (world === "empty") this.firstRunKept = { progress: "left", step: "about", endpointId: null };
    this.selfTestGoes = world === "trouble" ? blockedTest : passedTest;
    if (world === "trouble") this.#pausedUntil = new Date(this.#now().getTime() + 52 * 60_000).toISOString();
    if (world === "broken") {
      const failure = { code: null, message: "The database refused: disk I/O error." };
      for (const method of [
        "timeline",
        "booking",
        "overview",
        "calendar",
        "deliveries",
        "delivery",
        "endpoints",
        "settings",
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
    this.changed({ timeline: true, endpoints: true, status: true });
    return entries;
  }

  changed(change: Partial<Change>): void {
    for (const callback of this.#changed)
      callback({ timeline: false, endpoints: false, gaps: false, status: false, ...change });
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
    const found = this.world.entries.filter((entry) => fits(entry, query));
    const from = query.before ? found.findIndex((entry) => entry.eventId === query.before) + 1 : 0;
    const entries = found.slice(from, from + query.limit);
    const more = from + query.limit < found.length;
    return structuredClone({ entries, next: more ? (entries.at(-1)?.eventId ?? null) : null });
  }

  async booking(id: string): Promise<Booking> {
    this.#answer("booking");
    const events = this.world.entries.filter((entry) => entry.bookingId === id);
    if (events.length === 0)
      throw { code: "not_found", message: "This booking is no longer there." } satisfies Failure;
    return structuredClone(bookingFrom(events));
  }

  async markRead(eventIds: string[]): Promise<void> {
    this.#answer("markRead");
    for (const entry of this.world.entries) if (eventIds.includes(entry.eventId)) entry.unread = false;
    this.changed({ timeline: true, status: true });
  }

  async calendar(query: CalendarQuery): Promise<CalendarBooking[]> {
    this.#answer("calendar");
    return structuredClone(calendarOf(this.world.entries, query));
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
      notificationsPausedUntil: this.#pausedUntil,
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

  async pauseNotifications(minutes: number | null): Promise<Status> {
    this.#answer("pauseNotifications");
    this.#pausedUntil =
      minutes === null ? null : new Date(this.#now().getTime() + minutes * 60_000).toISOString();
    this.changed({ status: true });
    return this.status();
  }

  async testNotification(): Promise<void> {
    this.#answer("testNotification");
    this.tests += 1;
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
