import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect } from "vitest";
import App from "../../src/App.svelte";
import { memoryBackend, type MemoryBackend, type MemoryOptions } from "../../src/backend/memory";
import { createTimes } from "../../src/shared/times";

export const berlin = createTimes({ locale: "en-GB", hourCycle: "h23", timeZone: "Europe/Berlin" });

/** The whole window over a sample world, at the place that `hash` names. `before` has the program before the window does. */
export function open(
  hash = "#/timeline",
  options: MemoryOptions = {},
  before: (backend: MemoryBackend) => void = () => {},
) {
  history.replaceState(null, "", hash);
  const backend = memoryBackend(options);
  before(backend);
  render(App, { backend, times: berlin });
  return { backend, user: userEvent.setup() };
}

/** A person who types without a pause, also on a computer that pauses between one timer and the next. */
export const quick = () => userEvent.setup({ delay: null });

/** From now on the answers to a question wait until each is given, in any order, as those of a busy program may come. */
export function hold(backend: MemoryBackend, question: keyof MemoryBackend) {
  const waiting: (() => void)[] = [];
  let ended = false;
  const ask = backend[question] as (...asked: unknown[]) => Promise<unknown>;
  const held = async (...asked: unknown[]) => {
    const answer = await ask(...asked);
    if (!ended) await new Promise<void>((give) => waiting.push(give));
    return answer;
  };
  Object.assign(backend, { [question]: held });
  return {
    /** Waits until so many answers are there. */
    has: (count: number) => waitFor(() => expect(waiting).toHaveLength(count)),
    /** Gives the oldest one, or that at this place, and lets the window take it. */
    async give(place = 0) {
      waiting.splice(place, 1)[0]?.();
      await new Promise((done) => setTimeout(done));
    },
    /** Gives these and all later ones at once, those among them that the program is still at. */
    end() {
      ended = true;
      Object.assign(backend, { [question]: ask });
      waiting.splice(0).forEach((give) => give());
    },
  };
}

export async function entries(): Promise<HTMLElement[]> {
  return screen.findAllByTestId("timeline-entry");
}

export async function entryOf(who: string | RegExp): Promise<HTMLElement> {
  await screen.findAllByText(who);
  const found = (await entries()).find((entry) => within(entry).queryByText(who));
  if (!found) throw new Error(`no entry of ${who}`);
  return found;
}

/** Text as it is read: runs of any white space, thin ones included, are one space. */
export function words(element: HTMLElement): string {
  return (element.textContent ?? "").replace(/\s+/g, " ").trim();
}
