import { onMount } from "svelte";
import { asFailure, type Backend } from "../backend/backend";
import type { Change, Failure } from "../bindings/types";

/** What the program last answered to a question that is asked again whenever the answer may be another. */
export class Reading<Answer> {
  answer = $state.raw<Answer | null>(null);
  failure = $state.raw<Failure | null>(null);
  #ask: () => Promise<Answer>;
  #asked = 0;
  #waits = false;

  constructor(ask: () => Promise<Answer>) {
    this.#ask = ask;
  }

  /** Answers to an older question are dropped. After a failure the last answer stays. */
  read = async (): Promise<void> => {
    const asked = ++this.#asked;
    this.#waits = true;
    try {
      const answer = await this.#ask();
      if (asked === this.#asked) this.#take(answer);
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.#waits = false;
      this.failure = asFailure(thrown);
    }
  };

  /** What a change has answered. A question that was asked before it may know less, and is asked again. */
  changed(answer: Answer): void {
    const waits = this.#waits;
    this.#asked += 1;
    this.#take(answer);
    if (waits) void this.read();
  }

  #take(answer: Answer): void {
    this.#waits = false;
    this.answer = answer;
    this.failure = null;
  }
}

/** Changes one after another, each made from what the one before has left: two quick clicks are two changes. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();

  make<Answer>(change: () => Promise<Answer>): Promise<Answer> {
    const made = this.#last.then(change);
    this.#last = made.catch(() => {});
    return made;
  }
}

/** As long as the component is shown that says so. */
export function whenChanged(backend: Backend, parts: (keyof Change)[], act: () => Promise<void>): void {
  onMount(() =>
    backend.onChange((change) => {
      if (parts.some((part) => change[part])) void act();
    }),
  );
}
