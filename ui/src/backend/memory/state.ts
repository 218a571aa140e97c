import type {
  Change,
  DesktopShows,
  Endpoint,
  Failure,
  FirstRun,
  Gap,
  Look,
  SelfTest,
  Settings,
  Sound,
  TimelineEntry,
  Tunnel,
  Wishes,
} from "../../bindings/types";
import { systemLook } from "../../state/look.svelte";
import type { Backend, Unsubscribe } from "../backend";
import { arrivals } from "../sample/arrivals";
import { withSilence, withStaleAddresses } from "../sample/endpoints";
import { sampleGaps } from "../sample/gaps";
import { wishesOf } from "../sample/rules";
import { blockedTest, passedTest } from "../sample/selfTest";
import type { Story } from "../sample/stories";
import { desktopOf, settingsOf, tunnelOf } from "../sample/program";
import { emptyWorld, entriesOf, newestFirst, sampleWorld, type World, type WorldName } from "../sample/world";

export type MemoryOptions = {
  world?: WorldName;
  now?: () => Date;
  /** Milliseconds between arrivals; none when absent. */
  arrivalsEvery?: number;
  demo?: boolean;
  look?: Partial<Look>;
};

/** What a broken store keeps from being read. */
const storeRefuses = [
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
] as const satisfies (keyof Backend)[];

/** What the program's twin remembers, and what a test does to it from outside. */
export class Memory implements Pick<Backend, "firstLook" | "onChange"> {
  readonly now: () => Date;
  readonly demo: boolean;
  readonly firstLook: Look;
  world: World;
  tunnel: Tunnel;
  gapsKept: Gap[];
  settingsKept: Settings;
  /** What the person said of how notices are told. */
  wishesKept: Wishes;
  /** Where the first run stands. */
  firstRunKept: FirstRun | null;
  paused: { until: string | null } | null;
  /** Whether the desktop shows notifications. */
  desktopGoes: DesktopShows;
  /** How the next self-tests go. */
  selfTestGoes: SelfTest;
  /** What the person answers in the system's next dialogs; `null` closes them. */
  chosenFile: string | null = "/home/rosa/Documents/bellhop-2026-11-18.db";

  // What reached the desktop.
  copied: string[] = [];
  opened: string[] = [];
  /** The sounds that were tried. */
  tried: Sound[] = [];
  /** How often a test notification was asked for. */
  tests = 0;
  foldersOpened = 0;
  /** How often the demo was opened. */
  demos = 0;

  #failures = new Map<keyof Backend, Failure>();
  #changed = new Set<(change: Change) => void>();
  #arrived = 0;

  constructor({ world = "sample", now = () => new Date(), ...options }: MemoryOptions) {
    const trouble = world === "trouble";
    this.now = now;
    this.demo = options.demo ?? false;
    this.firstLook = { ...systemLook, ...options.look };
    this.world =
      world === "empty" || world === "first" ? emptyWorld() : sampleWorld(now(), world === "long" ? 90 : 1);
    if (trouble) this.world.endpoints = withSilence(withStaleAddresses(this.world.endpoints), now());
    this.tunnel = tunnelOf(world, now());
    this.gapsKept = sampleGaps(this.world.endpoints, now(), trouble);
    this.settingsKept = { ...settingsOf(world), look: this.firstLook };
    this.wishesKept = wishesOf(world);
    this.firstRunKept = world === "empty" ? { progress: "left", step: "about", endpointId: null } : null;
    this.paused = trouble ? { until: this.inMinutes(52) } : null;
    this.desktopGoes = desktopOf(world);
    this.selfTestGoes = trouble ? blockedTest : passedTest;
    if (world === "broken")
      for (const method of storeRefuses)
        this.fail(method, { code: null, message: "The database refused: disk I/O error." });
    if (options.arrivalsEvery) setInterval(() => this.arriveNext(), options.arrivalsEvery);
  }

  /** From now on `method` rejects; `null` heals it. */
  fail(method: keyof Backend, failure: Failure | null): void {
    if (failure) this.#failures.set(method, failure);
    else this.#failures.delete(method);
  }

  failureOf(method: keyof Backend): Failure | null {
    return this.#failures.get(method) ?? null;
  }

  arriveNext(): TimelineEntry[] {
    return this.arrive(arrivals[this.#arrived % arrivals.length]!);
  }

  arrive(story: Story): TimelineEntry[] {
    this.#arrived += 1;
    const entries = entriesOf(story, `live-${this.#arrived}`, this.world.endpoints, this.now());
    this.world.entries = newestFirst([...entries, ...this.world.entries]);
    const endpoint = this.endpoint(story.endpoint);
    endpoint.lastDeliveryAt = entries[0]?.receivedAt ?? endpoint.lastDeliveryAt;
    if (this.tunnel.state === "online") endpoint.staleAddress = null;
    this.changed({ timeline: true, endpoints: true, notices: true, status: true });
    return entries;
  }

  changed(change: Partial<Change>): void {
    for (const callback of this.#changed)
      callback({ timeline: false, endpoints: false, gaps: false, notices: false, status: false, ...change });
  }

  /** As after a click on a notification: the program sets the address of the window. */
  navigate(hash: string): void {
    location.hash = hash;
  }

  setTunnel(tunnel: Tunnel): void {
    this.tunnel = tunnel;
    this.changed({ status: true, endpoints: true });
  }

  onChange(callback: (change: Change) => void): Unsubscribe {
    this.#changed.add(callback);
    return () => this.#changed.delete(callback);
  }

  endpoint(id: string): Endpoint {
    const endpoint = this.world.endpoints.find((one) => one.id === id);
    if (!endpoint) throw failure("This endpoint is no longer there.", "not_found");
    return endpoint;
  }

  inMinutes(minutes: number): string {
    return new Date(this.now().getTime() + minutes * 60_000).toISOString();
  }

  /** What takes the program a while. */
  aMoment(): Promise<void> {
    return new Promise((done) => setTimeout(done, 400));
  }
}

export function failure(message: string, code: string | null = null): Failure {
  return { code, message };
}
