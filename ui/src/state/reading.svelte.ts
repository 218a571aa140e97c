import { onMount } from "svelte";
import { asFailure, type Backend } from "../backend/backend";
import type { Change, Failure } from "../bindings/types";

/** What the program last answered to a question that is asked again whenever the answer may be another. */
export class Reading<Answer> {
  answer = $state.raw<Answer | null>(null);
  failure = $state.raw<Failure | null>(null);
  #ask: () => Promise<Answer>;
  #asked = 0;

  constructor(ask: () => Promise<Answer>) {
    this.#ask = ask;
  }

  /** Answers to an older question are dropped. After a failure the last answer stays. */
  read = async (): Promise<void> => {
    const asked = ++this.#asked;
    try {
      const answer = await this.#ask();
      if (asked !== this.#asked) return;
      this.answer = answer;
      this.failure = null;
    } catch (thrown) {
      if (asked === this.#asked) this.failure = asFailure(thrown);
    }
  };
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
