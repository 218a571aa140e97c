import type { Backend } from "./backend";
import { bookings } from "./memory/bookings";
import { calendar } from "./memory/calendar";
import { data } from "./memory/data";
import { deliveries } from "./memory/deliveries";
import { desktop } from "./memory/desktop";
import { digests } from "./memory/digests";
import { endpoints } from "./memory/endpoints";
import { firstRun } from "./memory/firstRun";
import { notices } from "./memory/notices";
import { overlaps } from "./memory/overlaps";
import { reminders } from "./memory/reminders";
import { rules } from "./memory/rules";
import { settings } from "./memory/settings";
import { Memory, type MemoryOptions } from "./memory/state";
import { timeline } from "./memory/timeline";

export type { MemoryOptions } from "./memory/state";
export { worldNames } from "./sample/world";

/** All that the window asks, by what it asks for, as the program's commands are. */
type Answers = Omit<Backend, keyof Memory>;

/** The program's twin in memory, for the browser and for tests. The same questions get the same answers. */
export type MemoryBackend = Memory & Answers;

export function memoryBackend(options: MemoryOptions = {}): MemoryBackend {
  const memory = new Memory(options);
  const answers: Answers = {
    ...bookings(memory),
    ...calendar(memory),
    ...data(memory),
    ...deliveries(memory),
    ...desktop(memory),
    ...digests(memory),
    ...endpoints(memory),
    ...firstRun(memory),
    ...notices(memory),
    ...overlaps(memory),
    ...reminders(memory),
    ...rules(memory),
    ...settings(memory),
    ...timeline(memory),
  };
  return Object.assign(memory, bridged(memory, answers));
}

type Answer = (...asked: unknown[]) => Promise<unknown>;

/** As over the program's bridge: any question may fail, and what is answered is a copy. */
function bridged(memory: Memory, answers: Answers): Answers {
  const bridge = ([name, answer]: [string, Answer]): [string, Answer] => [
    name,
    async (...asked) => {
      const failure = memory.failureOf(name as keyof Backend);
      if (failure) throw failure;
      return structuredClone(await answer(...asked));
    },
  ];
  return Object.fromEntries(Object.entries(answers as Record<string, Answer>).map(bridge)) as Answers;
}
