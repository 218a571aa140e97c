import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import App from "../../src/App.svelte";
import { memoryBackend, type MemoryOptions } from "../../src/backend/memory";
import { createTimes } from "../../src/shared/times";

export const berlin = createTimes({ locale: "en-GB", hourCycle: "h23", timeZone: "Europe/Berlin" });

/** The whole window over a sample world, at the place that `hash` names. */
export function open(hash = "#/timeline", options: MemoryOptions = {}) {
  history.replaceState(null, "", hash);
  const backend = memoryBackend(options);
  render(App, { backend, times: berlin });
  return { backend, user: userEvent.setup() };
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
