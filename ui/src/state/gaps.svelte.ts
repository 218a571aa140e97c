import { SvelteSet } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { AffectedEndpoint, Gap } from "../bindings/types";

/** How long after a gap an endpoint still speaks of it, unless its provider is awaited for longer. */
const RECENT = 48 * 3_600_000;

/** The times in which no call could arrive. */
export class GapList {
  gaps = $state.raw<Gap[]>([]);
  /** Whose details are open: a row that scrolls out of the list forgets what it showed. */
  readonly opened = new SvelteSet<string>();
  #backend: Backend;
  #beforeChange: () => void;
  #reading = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Backend, beforeChange: () => void) {
    this.#backend = backend;
    this.#beforeChange = beforeChange;
  }

  async read(): Promise<void> {
    const reading = ++this.#reading;
    // What cannot be read keeps the last; the timeline shows that the store is in trouble.
    const gaps = await this.#backend.gaps().catch(() => this.gaps);
    if (reading !== this.#reading) return;
    if (gaps.length !== this.gaps.length) this.#beforeChange();
    this.gaps = gaps;
    this.#readAgain();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  toggle(id: string): void {
    if (!this.opened.delete(id)) this.opened.add(id);
  }

  /** The newest gap that the person should know of when looking at this endpoint. */
  ofEndpoint(id: string, now: Date): { gap: Gap; affected: AffectedEndpoint } | null {
    for (const gap of this.gaps) {
      const affected = gap.endpoints.find((endpoint) => endpoint.endpointId === id);
      if (!affected || affected.outlook === "settled") continue;
      const over = gap.endedAt === null ? Infinity : Date.parse(gap.endedAt) + RECENT;
      const awaited = affected.until === null ? 0 : Date.parse(affected.until);
      if (Math.max(over, awaited) > now.getTime()) return { gap, affected };
    }
    return null;
  }

  /** A provider gives up, or is done, at a moment at which nothing else changes. */
  #readAgain(): void {
    clearTimeout(this.#timer);
    const moments = this.gaps.flatMap((gap) => gap.endpoints.flatMap(({ until }) => until ?? []));
    const next = Math.min(
      ...moments.map((until) => Date.parse(until) - Date.now()).filter((left) => left > 0),
    );
    if (Number.isFinite(next)) this.#timer = setTimeout(() => void this.read(), next + 1000);
  }
}
