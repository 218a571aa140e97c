import { asFailure, type Backend } from "../backend/backend";
import type { SelfTest } from "../bindings/types";

/** One endpoint's test: not begun, under way, or how it went. */
export class TestRun {
  phase = $state.raw<"none" | "running" | "done">("none");
  result = $state.raw<SelfTest | null>(null);
  /** Why it could not even begin. */
  failure = $state.raw<string | null>(null);
  at = $state.raw<string | null>(null);
  #backend: Backend;
  #endpointId: string;

  constructor(backend: Backend, endpointId: string) {
    this.#backend = backend;
    this.#endpointId = endpointId;
  }

  async start(): Promise<void> {
    if (this.phase === "running") return;
    this.phase = "running";
    this.result = null;
    this.failure = null;
    this.at = null;
    try {
      this.result = await this.#backend.selfTest(this.#endpointId);
      this.at = new Date().toISOString();
    } catch (thrown) {
      this.failure = asFailure(thrown).message;
    } finally {
      this.phase = "done";
    }
  }

  close(): void {
    this.phase = "none";
  }
}
