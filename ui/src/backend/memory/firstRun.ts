import type { Backend } from "../backend";
import { failure, type Memory } from "./state";

export function firstRun(memory: Memory) {
  return {
    async firstRun() {
      return memory.firstRunKept;
    },

    async saveFirstRun(firstRun) {
      memory.firstRunKept = structuredClone(firstRun);
    },

    async startDemo() {
      if (memory.demos > 0) throw failure("The demo is open already, in a window of its own.");
      memory.demos += 1;
    },
  } satisfies Partial<Backend>;
}
