import type { Backend } from "../backend";
import type { Memory } from "./state";

export function desktop(memory: Memory) {
  return {
    async testNotification() {
      memory.tests += 1;
    },

    async copyText(text) {
      memory.copied.push(text);
    },

    async openLink(url) {
      memory.opened.push(url);
    },
  } satisfies Partial<Backend>;
}
