import type { Backend } from "../backend/backend";
import type { FirstRun, FirstRunStep } from "../bindings/types";

/** In their order; the last one is where nothing is left to do. */
export const steps = [
  "about",
  "reach",
  "provider",
  "paste",
  "call",
  "notification",
  "done",
] as const satisfies FirstRunStep[];

/** How far the person has come in setting Bellhop up. The program remembers it. */
export class FirstRunState {
  /** `null`: it has not begun. */
  kept = $state.raw<FirstRun | null>(null);
  known = $state.raw(false);
  #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get step(): FirstRunStep {
    return this.kept?.step ?? "about";
  }

  get isOver(): boolean {
    return this.kept?.progress === "over";
  }

  /** It shows itself only where it was neither finished nor left. */
  get isDue(): boolean {
    return this.known && (this.kept === null || this.kept.progress === "under_way");
  }

  async read(): Promise<void> {
    try {
      this.kept = await this.#backend.firstRun();
      this.known = true;
    } catch {
      // What cannot be read is not offered; the timeline says what is wrong with the data.
      this.known = false;
    }
  }

  /** Goes to a step. The window shows it even if the program cannot remember it. */
  go(step: FirstRunStep, endpointId: string | null = this.kept?.endpointId ?? null): Promise<void> {
    return this.#keep({ progress: step === "done" ? "over" : "under_way", step, endpointId });
  }

  leave(): Promise<void> {
    return this.#keep({ progress: "left", step: this.step, endpointId: this.kept?.endpointId ?? null });
  }

  dismiss(): Promise<void> {
    return this.#keep({ progress: "over", step: this.step, endpointId: this.kept?.endpointId ?? null });
  }

  #keep(firstRun: FirstRun): Promise<void> {
    this.kept = firstRun;
    return this.#backend.saveFirstRun(firstRun);
  }
}
