import { createContext } from "svelte";
import type { Backend } from "../backend/backend";
import type {
  Failure,
  Pause,
  Provider,
  ProviderFacts,
  Settings,
  SettingsChange,
  Status,
} from "../bindings/types";
import type { Times } from "../shared/times";
import { Clock } from "./clock.svelte";
import { EndpointList } from "./endpoints.svelte";
import { FirstRunState } from "./firstRun.svelte";
import { GapList } from "./gaps.svelte";
import { Look } from "./look.svelte";
import { Place } from "./place.svelte";
import { InTurn, Reading } from "./reading.svelte";
import { TimelineFeed } from "./timeline.svelte";

/** What every screen shares: the backend, the place, the clock, and what the program last said of itself. */
export class Desk {
  readonly backend: Backend;
  readonly clock = new Clock();
  readonly place = new Place();
  readonly look: Look;
  readonly feed: TimelineFeed;
  readonly endpoints: EndpointList;
  readonly gaps: GapList;
  readonly firstRun: FirstRunState;
  status = $state.raw<Status | null>(null);
  providers = $state.raw<ProviderFacts[]>([]);
  #settings = new Reading(() => this.backend.settings());
  #changing = new InTurn();
  /** How many looks are shown that are not kept yet. */
  #looks = 0;
  /** An answer to an older question of the status is dropped. */
  #asked = 0;

  constructor(backend: Backend, times?: Times) {
    this.backend = backend;
    this.look = new Look(backend.firstLook, this.clock, times);
    this.feed = new TimelineFeed(
      backend,
      () => this.times.timeZone,
      (entry) => this.describe(entry),
    );
    this.endpoints = new EndpointList(backend);
    this.firstRun = new FirstRunState(backend);
    this.gaps = new GapList(backend, () => this.feed.rowsAbove());
  }

  start(): () => void {
    const stops = [
      () => this.gaps.stop(),
      this.look.start(),
      this.clock.start(),
      this.place.start(),
      this.backend.onChange((change) => {
        if (change.timeline) void this.feed.refresh();
        if (change.endpoints) void this.endpoints.read();
        if (change.gaps) void this.gaps.read();
        if (change.status) void this.readStatus();
      }),
    ];
    void this.readSettings();
    void this.readProviders();
    void Promise.all([this.readStatus(), this.endpoints.read(), this.firstRun.read()]).then(() =>
      this.welcome(),
    );
    void this.gaps.read();
    return () => stops.forEach((stop) => stop());
  }

  get times(): Times {
    return this.look.times;
  }

  get now(): Date {
    return this.clock.now;
  }

  providerName(provider: Provider): string {
    return this.facts(provider)?.name ?? provider;
  }

  facts(provider: Provider): ProviderFacts | undefined {
    return this.providers.find((facts) => facts.provider === provider);
  }

  async readStatus(): Promise<void> {
    const before = this.status?.tunnel.state;
    // A status that cannot be read keeps the last one; the screens show their own failures.
    await this.#take(this.backend.status()).catch(() => {});
    // Settings ask the keychain, so they are not read with every booking that arrives.
    if (before !== undefined && before !== this.status?.tunnel.state) await this.readSettings();
  }

  async pauseNotifications(pause: Pause | null): Promise<void> {
    await this.#take(this.backend.pauseNotifications(pause));
  }

  async #take(asked: Promise<Status>): Promise<void> {
    const question = ++this.#asked;
    const status = await asked;
    if (question === this.#asked) this.status = status;
  }

  get settings(): Settings | null {
    return this.#settings.answer;
  }

  get settingsFailure(): Failure | null {
    return this.#settings.failure;
  }

  async readSettings(): Promise<void> {
    await this.#settings.read();
    this.#showKeptLook();
  }

  /** Whatever changes some of the settings answers with all of them. */
  keepSettings(change: () => Promise<Settings>): Promise<void> {
    return this.#changing.make(async () => this.#settings.changed(await change()));
  }

  /** The program takes the settings of a screen as a whole; this changes some and leaves the others. */
  changeSettings(change: Partial<SettingsChange>): Promise<void> {
    return this.#changing.make(async () => {
      const before = this.settings ?? (await this.backend.settings());
      const { reach, ngrokDomain, ngrokServer, ngrokRootCas, ngrokProxy } = before;
      const { ngrokPooling, ownAddress, probe } = before;
      this.#settings.changed(
        await this.backend.saveSettings({
          ...{ reach, ngrokDomain, ngrokServer, ngrokRootCas, ngrokProxy, ngrokPooling, ownAddress, probe },
          ...change,
        }),
      );
      await this.readStatus();
    });
  }

  /** Shown at once, and taken back where the program cannot keep it. */
  async changeLook(change: Partial<Settings["look"]>): Promise<void> {
    const before = this.look.chosen;
    this.look.chosen = { ...before, ...change };
    this.#looks += 1;
    try {
      await this.keepSettings(() => this.backend.saveLook({ ...(this.settings?.look ?? before), ...change }));
    } catch (thrown) {
      if (this.settings === null) this.look.chosen = before;
      throw thrown;
    } finally {
      this.#looks -= 1;
      this.#showKeptLook();
    }
  }

  /** What was chosen just now is not taken back by settings that were read before. */
  #showKeptLook(): void {
    if (this.settings !== null && this.#looks === 0) this.look.chosen = this.settings.look;
  }

  async readProviders(): Promise<void> {
    this.providers = await this.backend.providers().catch(() => this.providers);
  }

  /** Without an endpoint nothing can be shown but how to begin. */
  private welcome(): void {
    const { route } = this.place;
    const fresh = this.endpoints.phase === "ready" && this.endpoints.endpoints.length === 0;
    if (fresh && this.firstRun.isDue && this.status?.demo === false && route.screen === "timeline")
      this.place.go({ screen: "welcome" }, { replace: true });
  }

  private describe(entry: Parameters<Times["sentence"]>[0]): string {
    return this.times.sentence(entry, new Date());
  }
}

export const [getDesk, setDesk] = createContext<Desk>();
