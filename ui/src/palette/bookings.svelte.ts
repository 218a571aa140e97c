import { asFailure, type Backend } from "../backend/backend";
import type { TimelineEntry } from "../bindings/types";

const WAIT = 160;
const SHORTEST = 2;
const SHOWN = 6;
/** A booking has several entries, of which one is shown. */
const READ = 30;

/** The bookings that fit what is typed: the newest entry of each. */
export class BookingSearch {
  found = $state.raw<TimelineEntry[]>([]);
  phase = $state.raw<"idle" | "searching" | "done" | "failed">("idle");
  failure = $state.raw<string | null>(null);
  #backend: Backend;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Answers to an older question are dropped. */
  #question = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  ask(typed: string): void {
    clearTimeout(this.#timer);
    const question = ++this.#question;
    const search = typed.trim();
    if (search.length < SHORTEST) {
      this.found = [];
      this.phase = "idle";
      return;
    }
    this.phase = "searching";
    this.#timer = setTimeout(() => void this.#read(search, question), WAIT);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#question += 1;
  }

  async #read(search: string, question: number): Promise<void> {
    try {
      const query = {
        limit: READ,
        before: null,
        kind: null,
        provider: null,
        endpointId: null,
        unread: false,
        since: null,
        until: null,
        search,
      };
      const { entries } = await this.#backend.timeline(query);
      if (question !== this.#question) return;
      const newest = new Map<string, TimelineEntry>();
      for (const entry of entries)
        if (entry.bookingId !== null && !newest.has(entry.bookingId)) newest.set(entry.bookingId, entry);
      this.found = [...newest.values()].slice(0, SHOWN);
      this.phase = "done";
    } catch (thrown) {
      if (question !== this.#question) return;
      this.found = [];
      this.failure = asFailure(thrown).message;
      this.phase = "failed";
    }
  }
}
