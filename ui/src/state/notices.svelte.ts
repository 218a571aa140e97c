import { asFailure, type Backend } from "../backend/backend";
import type { Failure, Notice, NoticePage } from "../bindings/types";
import type { NoticeFilter } from "./route";

const PAGE = 60;

/** The notices as far as they have been read, newest first. */
export class NoticeList {
  notices = $state.raw<Notice[]>([]);
  phase = $state.raw<"loading" | "ready" | "failed">("loading");
  failure = $state.raw<Failure | null>(null);
  next = $state.raw<string | null>(null);
  loadingMore = $state.raw(false);
  moreFailure = $state.raw<Failure | null>(null);
  #backend: Backend;
  #show: NoticeFilter = "all";
  /** Answers to an older question are dropped. */
  #question = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async open(show: NoticeFilter): Promise<void> {
    this.#show = show;
    this.phase = "loading";
    await this.#first();
  }

  /** What was read is read again, as any of it may have been answered or shown since. */
  async refresh(): Promise<void> {
    await this.#first(Math.max(PAGE, this.notices.length));
  }

  async loadMore(): Promise<void> {
    if (this.phase !== "ready" || this.loadingMore || this.next === null) return;
    const question = this.#question;
    this.loadingMore = true;
    this.moreFailure = null;
    try {
      const page = await this.#read(PAGE, this.next);
      if (question !== this.#question) return;
      this.notices = [...this.notices, ...page.notices];
      this.next = page.next;
    } catch (thrown) {
      this.moreFailure = asFailure(thrown);
    } finally {
      this.loadingMore = false;
    }
  }

  async #first(limit = PAGE): Promise<void> {
    const question = ++this.#question;
    try {
      const page = await this.#read(limit, null);
      if (question !== this.#question) return;
      this.notices = page.notices;
      this.next = page.next;
      this.failure = null;
      this.phase = "ready";
    } catch (thrown) {
      if (question !== this.#question) return;
      this.failure = asFailure(thrown);
      // What is on the screen is still true; only a screen without anything shows the failure.
      if (this.phase !== "ready") this.phase = "failed";
    }
  }

  #read(limit: number, before: string | null): Promise<NoticePage> {
    return this.#backend.notices({ limit, before, unshown: this.#show === "unshown" });
  }
}
