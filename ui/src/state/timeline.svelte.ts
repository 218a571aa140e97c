import { parseDate, toZoned } from "@internationalized/date";
import { asFailure, type Backend } from "../backend/backend";
import type { Failure, TimelineEntry, TimelinePage } from "../bindings/types";
import { t } from "../words/words.svelte";
import { noFilter, type TimelineFilter } from "./route";

export const PAGE = 60;

/** How long an entry is shown as new. */
const FRESH = 3000;

/** The timeline as far as it has been read: pages by cursor below, live arrivals above. */
export class TimelineFeed {
  entries = $state.raw<TimelineEntry[]>([]);
  /** What the entries were asked for with: a moment behind the address. */
  filter = $state.raw<TimelineFilter>(noFilter);
  phase = $state.raw<"loading" | "ready" | "failed">("loading");
  failure = $state.raw<Failure | null>(null);
  next = $state.raw<string | null>(null);
  loadingMore = $state.raw(false);
  moreFailure = $state.raw<Failure | null>(null);
  /** Entries that glow because they are new. */
  fresh = $state.raw<ReadonlySet<string>>(new Set());
  /** Entries that came in above the reading position. */
  above = $state.raw(0);
  /** The last change put entries before the first, so the list must hold its place from below. */
  prepended = $state.raw(false);
  announcement = $state.raw("");
  /** Set by the list. Away from the top nothing may move under the reader's eyes. */
  atTop = true;
  /** The row at the upper edge and how much of it was hidden: where to return to from another screen. */
  left: { key: string; hidden: number } | null = null;

  #backend: Backend;
  #describe: (entry: TimelineEntry) => string;
  #timeZone: () => string;
  /** Answers to an older question are dropped. */
  #question = 0;
  #refreshing = false;
  #refreshAgain = false;

  constructor(backend: Backend, timeZone: () => string, describe: (entry: TimelineEntry) => string) {
    this.#backend = backend;
    this.#timeZone = timeZone;
    this.#describe = describe;
  }

  get #isShown(): boolean {
    return this.phase === "ready";
  }

  async open(filter: TimelineFilter): Promise<void> {
    const question = ++this.#question;
    this.filter = filter;
    this.phase = "loading";
    this.above = 0;
    this.left = null;
    try {
      const page = await this.#read(null);
      // A change may have had the same read again, and that answer have come first: it knows more.
      if (question === this.#question && !this.#isShown) this.#show(page);
    } catch (thrown) {
      if (question !== this.#question || this.#isShown) return;
      this.failure = asFailure(thrown);
      this.phase = "failed";
    }
  }

  /** Reads the first page again. Several changes at once need one further reading, not several. */
  async refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#refreshAgain = true;
      return;
    }
    this.#refreshing = true;
    do {
      this.#refreshAgain = false;
      await this.#refreshOnce();
    } while (this.#refreshAgain);
    this.#refreshing = false;
  }

  async loadMore(): Promise<void> {
    const { next } = this;
    if (this.phase !== "ready" || this.loadingMore || next === null) return;
    const question = this.#question;
    this.loadingMore = true;
    this.moreFailure = null;
    try {
      const page = await this.#read(next);
      // So much may have come meanwhile that these entries no longer follow those that are shown.
      if (question !== this.#question || next !== this.next) return;
      const known = new Set(this.entries.map((entry) => entry.eventId));
      this.prepended = false;
      this.entries = [...this.entries, ...page.entries.filter((entry) => !known.has(entry.eventId))];
      this.next = page.next;
    } catch (thrown) {
      if (question === this.#question) this.moreFailure = asFailure(thrown);
    } finally {
      this.loadingMore = false;
    }
  }

  async markRead(eventIds: string[]): Promise<void> {
    if (eventIds.length === 0) return;
    await this.#backend.markRead(eventIds);
    const read = new Set(eventIds);
    this.prepended = false;
    this.entries = this.entries.map((entry) =>
      entry.unread && read.has(entry.eventId) ? { ...entry, unread: false } : entry,
    );
  }

  /** Rows that are no entries come in above the first entry. */
  rowsAbove(): void {
    this.prepended = !this.atTop;
  }

  /** The reader is at the top again and has seen what came. */
  seen(): void {
    this.above = 0;
  }

  #read(before: string | null): Promise<TimelinePage> {
    const { kind, provider, search, unread, endpointId, from, to } = this.filter;
    return this.#backend.timeline({
      limit: PAGE,
      before,
      kind,
      provider,
      endpointId,
      search: search.trim() || null,
      unread,
      since: this.#beginOf(from, 0),
      until: this.#beginOf(to, 1),
    });
  }

  /** A day begins when the clock here says so. */
  #beginOf(day: string | null, daysAfter: number): string | null {
    if (day === null) return null;
    return toZoned(parseDate(day).add({ days: daysAfter }), this.#timeZone())
      .toDate()
      .toISOString();
  }

  #show(page: TimelinePage): void {
    this.prepended = false;
    this.fresh = new Set();
    this.above = 0;
    this.entries = page.entries;
    this.next = page.next;
    this.failure = null;
    this.moreFailure = null;
    this.phase = "ready";
  }

  async #refreshOnce(): Promise<void> {
    const question = this.#question;
    let page: TimelinePage;
    try {
      page = await this.#read(null);
    } catch (thrown) {
      // What is on the screen is still true; only a screen without anything shows the failure.
      if (question === this.#question && this.phase !== "ready") {
        this.failure = asFailure(thrown);
        this.phase = "failed";
      }
      return;
    }
    if (question !== this.#question) return;
    if (this.phase !== "ready") return this.#show(page);
    this.#merge(page);
  }

  #merge(page: TimelinePage): void {
    const known = new Set(this.entries.map((entry) => entry.eventId));
    const arrived = page.entries.filter((entry) => !known.has(entry.eventId));
    const overlaps = arrived.length < page.entries.length;
    if (this.filter.unread && (overlaps || page.next === null)) return this.#mergeUnread(page, arrived);
    if (!overlaps) {
      // More than a page came at once (or all is gone): what lies between is unknown, so start from the new page.
      const wasEmpty = this.entries.length === 0;
      this.#show(page);
      if (wasEmpty) this.#welcome(arrived);
      return;
    }
    const inPage = new Set(page.entries.map((entry) => entry.eventId));
    const lastInPage = page.entries.at(-1)!.eventId;
    const below = this.entries.slice(this.entries.findIndex((entry) => entry.eventId === lastInPage) + 1);
    const onlyOnePage = page.next === null;
    this.prepended = !this.atTop && arrived.length > 0;
    this.entries = onlyOnePage
      ? page.entries
      : [...page.entries, ...below.filter((entry) => !inPage.has(entry.eventId))];
    if (onlyOnePage) this.next = null;
    this.#welcome(arrived);
  }

  /** What has been read is no longer on the page, but must not vanish under the reader: it stays until asked anew. */
  #mergeUnread(page: TimelinePage, arrived: TimelineEntry[]): void {
    const unread = new Map(page.entries.map((entry) => [entry.eventId, entry]));
    this.prepended = !this.atTop && arrived.length > 0;
    this.entries = [...arrived, ...this.entries.map((entry) => unread.get(entry.eventId) ?? entry)];
    this.#welcome(arrived);
  }

  #welcome(arrived: TimelineEntry[]): void {
    if (arrived.length === 0) return;
    const fresh = new Set(arrived.map((entry) => entry.eventId));
    this.fresh = fresh;
    // A row that scrolls out and comes back is new no more.
    setTimeout(() => {
      if (this.fresh === fresh) this.fresh = new Set();
    }, FRESH);
    if (!this.atTop) this.above += arrived.length;
    this.announcement =
      arrived.length === 1 ? this.#describe(arrived[0]!) : t("shell.newEntries", { number: arrived.length });
  }
}
