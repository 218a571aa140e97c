import { asFailure } from "../backend/backend";
import type { Failure } from "../bindings/types";

/** How many rows are read at a time. */
const PAGE = 100;

/** How many rows the program gives at once at the most. */
const MOST = 500;

export type Page<Row> = { rows: Row[]; next: string | null };

/** Asks for the rows behind a place, or for the first ones. */
type Ask<Row> = (limit: number, before: string | null) => Promise<Page<Row>>;

/** A long list as far as it has been read, newest first. */
export class Pages<Row extends { id: string }> {
  rows = $state.raw<Row[]>([]);
  phase = $state.raw<"loading" | "ready" | "failed">("loading");
  failure = $state.raw<Failure | null>(null);
  next = $state.raw<string | null>(null);
  loadingMore = $state.raw(false);
  moreFailure = $state.raw<Failure | null>(null);
  #ask: Ask<Row>;
  /** What is asked has changed: an answer to an older question is dropped. */
  #question = 0;
  /** The first rows are read again and again: only the last of those answers counts. */
  #reading = 0;

  constructor(ask: Ask<Row>) {
    this.#ask = ask;
  }

  /** Begins anew, as another question is asked. The old rows stay until its answer is there. */
  async open(): Promise<void> {
    this.#question += 1;
    this.phase = "loading";
    this.moreFailure = null;
    await this.#readFirst();
  }

  /** What was read is read again, as any of it may have changed since. */
  async refresh(): Promise<void> {
    await this.#readFirst();
  }

  async loadMore(): Promise<void> {
    const { next } = this;
    if (this.phase !== "ready" || this.loadingMore || next === null) return;
    const question = this.#question;
    this.loadingMore = true;
    this.moreFailure = null;
    try {
      const page = await this.#ask(PAGE, next);
      // So much may have come meanwhile that these rows no longer follow those that are shown.
      if (question !== this.#question || next !== this.next) return;
      this.rows = joined(this.rows, page.rows);
      this.next = page.next;
    } catch (thrown) {
      if (question === this.#question) this.moreFailure = asFailure(thrown);
    } finally {
      this.loadingMore = false;
    }
  }

  async #readFirst(): Promise<void> {
    const reading = ++this.#reading;
    const anew = this.phase !== "ready";
    const limit = anew ? PAGE : Math.min(Math.max(PAGE, this.rows.length), MOST);
    try {
      const page = await this.#ask(limit, null);
      if (reading !== this.#reading) return;
      if (anew) this.#show(page);
      else this.#merge(page);
      this.failure = null;
      this.phase = "ready";
    } catch (thrown) {
      if (reading !== this.#reading) return;
      this.failure = asFailure(thrown);
      // What is on the screen is still true; only a screen without anything shows the failure.
      if (this.phase !== "ready") this.phase = "failed";
    }
  }

  #show({ rows, next }: Page<Row>): void {
    this.rows = rows;
    this.next = next;
  }

  /** What was read below the page stays, if the page reaches down to it. */
  #merge(page: Page<Row>): void {
    const last = page.rows.at(-1)?.id;
    const place = this.rows.findIndex(({ id }) => id === last);
    if (place === -1 || page.next === null) this.#show(page);
    else this.rows = joined(page.rows, this.rows.slice(place + 1));
  }
}

/** A row that has moved up meanwhile is listed once. */
function joined<Row extends { id: string }>(rows: Row[], below: Row[]): Row[] {
  const known = new Set(rows.map(({ id }) => id));
  return [...rows, ...below.filter(({ id }) => !known.has(id))];
}
