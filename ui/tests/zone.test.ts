import { render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import App from "../src/App.svelte";
import { memoryBackend, type MemoryBackend } from "../src/backend/memory";
import CardWindow from "../src/card/CardWindow.svelte";
import { words } from "./support/open";

beforeEach(() => arrive("Europe/Berlin"));
afterEach(() => void vi.unstubAllEnvs());

const booked = { start: "2026-12-03T14:00:00Z", end: "2026-12-03T15:00:00Z", date: null };
// With 24 hours, or with 12.
const inBerlin = /\b(15|3):00/;
const inTokyo = /\b(23|11):00/;

/** The computer goes by another clock on the wall, and the person looks at the window. */
function arrive(zone: string) {
  vi.stubEnv("TZ", zone);
  window.dispatchEvent(new Event("focus"));
}

/** What the window has asked, each as one word. */
function questions(backend: MemoryBackend, question: "calendar" | "overview" | "timeline"): string[] {
  const asked: string[] = [];
  const answer = backend[question] as (asked: unknown) => Promise<unknown>;
  Object.assign(backend, {
    [question]: (about: unknown) => {
      asked.push(JSON.stringify(about));
      return answer.call(backend, about);
    },
  });
  return asked;
}

function show(hash: string, backend = memoryBackend()) {
  history.replaceState(null, "", hash);
  render(App, { backend });
  return backend;
}

describe("a person who arrives in another zone", () => {
  it("sees the clock on the wall there, and keeps the place in the timeline", async () => {
    const backend = memoryBackend();
    const asked = questions(backend, "timeline");
    const [entry] = backend.world.entries.filter((entry) => entry.kind === "created");
    backend.world.entries = [{ ...entry!, ...booked }];
    show("#/timeline", backend);
    const shown = async () => words(await screen.findByTestId("timeline-entry"));
    expect(await shown()).toMatch(inBerlin);
    const before = asked.length;
    arrive("Asia/Tokyo");
    await waitFor(async () => expect(await shown()).toMatch(inTokyo));
    expect(asked).toHaveLength(before);
  });

  it("sees the days that begin there in the calendar", async () => {
    const backend = memoryBackend();
    const asked = questions(backend, "calendar");
    show("#/calendar?span=day&day=2026-11-21", backend);
    await waitFor(() => expect(asked.at(-1)).toContain("2026-11-20T23:00:00.000Z"));
    arrive("Asia/Tokyo");
    await waitFor(() => expect(asked.at(-1)).toContain("2026-11-20T15:00:00.000Z"));
  });

  it("sees the days that begin there in the overview", async () => {
    const backend = memoryBackend();
    const asked = questions(backend, "overview");
    show("#/overview", backend);
    await waitFor(() => expect(asked).not.toEqual([]));
    const from = asked.at(-1);
    arrive("Asia/Kolkata");
    await waitFor(() => expect(asked.at(-1)).not.toBe(from));
    expect(asked.at(-1)).toMatch(/T18:30:00/);
  });

  it("sees what arrived on a day there", async () => {
    const backend = memoryBackend();
    const asked = questions(backend, "timeline");
    show("#/timeline?from=2026-11-21", backend);
    await waitFor(() => expect(asked.at(-1)).toContain("2026-11-20T23:00:00.000Z"));
    arrive("Asia/Tokyo");
    await waitFor(() => expect(asked.at(-1)).toContain("2026-11-20T15:00:00.000Z"));
  });

  it("reads the card as it is there", async () => {
    const backend = memoryBackend();
    const [card] = await backend.cards();
    backend.cards = async () => [{ ...card!, ...booked }];
    render(CardWindow, { backend });
    const shown = async () => words(await screen.findByTestId("card"));
    expect(await shown()).toMatch(inBerlin);
    arrive("Asia/Tokyo");
    await waitFor(async () => expect(await shown()).toMatch(inTokyo));
  });
});
