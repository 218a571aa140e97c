import { asFailure, type Backend } from "../backend/backend";
import type { Delivery, DeliveryPage, Failure } from "../bindings/types";
import type { DeliveryFilter } from "./route";

const PAGE = 100;

/** The stored calls as far as they have been read, newest first. */
export class DeliveryList {
  deliveries = $state.raw<Delivery[]>([]);
  phase = $state.raw<"loading" | "ready" | "failed">("loading");
  failure = $state.raw<Failure | null>(null);
  next = $state.raw<string | null>(null);
  loadingMore = $state.raw(false);
  moreFailure = $state.raw<Failure | null>(null);
  #backend: Backend;
  #filter: DeliveryFilter;
  /** Answers to an older question are dropped. */
  #question = 0;

  constructor(backend: Backend, filter: DeliveryFilter) {
    this.#backend = backend;
    this.#filter = filter;
  }

  async open(filter: DeliveryFilter): Promise<void> {
    this.#filter = filter;
    this.phase = "loading";
    await this.#first((page) => {
      this.deliveries = page.deliveries;
      this.next = page.next;
    });
  }

  /** Reads the first page again; what was read below it stays. */
  async refresh(): Promise<void> {
    await this.#first((page) => {
      const last = page.deliveries.at(-1);
      const found = last ? this.deliveries.findIndex((one) => one.id === last.id) : -1;
      if (found === -1) this.next = page.next;
      this.deliveries = [...page.deliveries, ...(found === -1 ? [] : this.deliveries.slice(found + 1))];
    });
  }

  async loadMore(): Promise<void> {
    if (this.phase !== "ready" || this.loadingMore || this.next === null) return;
    const question = this.#question;
    this.loadingMore = true;
    this.moreFailure = null;
    try {
      const page = await this.#read(this.next);
      if (question !== this.#question) return;
      this.deliveries = [...this.deliveries, ...page.deliveries];
      this.next = page.next;
    } catch (thrown) {
      this.moreFailure = asFailure(thrown);
    } finally {
      this.loadingMore = false;
    }
  }

  async #first(take: (page: DeliveryPage) => void): Promise<void> {
    const question = ++this.#question;
    try {
      const page = await this.#read(null);
      if (question !== this.#question) return;
      take(page);
      this.failure = null;
      this.phase = "ready";
    } catch (thrown) {
      if (question !== this.#question) return;
      this.failure = asFailure(thrown);
      // What is on the screen is still true; only a screen without anything shows the failure.
      if (this.phase !== "ready") this.phase = "failed";
    }
  }

  #read(before: string | null): Promise<DeliveryPage> {
    const { show, endpointId } = this.#filter;
    return this.#backend.deliveries({ limit: PAGE, before, endpointId, withProblems: show === "problems" });
  }
}
