import { cleanup, configure } from "@testing-library/svelte";
import { afterEach, beforeEach, vi } from "vitest";

/** There is no layout here, so the virtual list is told sizes: a tall view, rows of 80. */
class MeasuringObserver implements ResizeObserver {
  #report: ResizeObserverCallback;

  constructor(report: ResizeObserverCallback) {
    this.#report = report;
  }

  observe(target: Element): void {
    const height = target.matches("[data-testid=timeline-scroller]") ? 20_000 : 80;
    const entry = { target, contentRect: { width: 900, height } } as unknown as ResizeObserverEntry;
    queueMicrotask(() => this.#report([entry], this));
  }

  unobserve(): void {}
  disconnect(): void {}
}

vi.stubGlobal("ResizeObserver", MeasuringObserver);
window.ResizeObserver = MeasuringObserver;
Object.defineProperty(HTMLElement.prototype, "offsetParent", {
  configurable: true,
  get(this: HTMLElement) {
    return this.parentElement;
  },
});
// Sonner measures and animates; bits-ui captures pointers. Neither exists here.
Element.prototype.scrollIntoView ??= () => {};
Element.prototype.hasPointerCapture ??= () => false;
Element.prototype.releasePointerCapture ??= () => {};

/** The middle of a working day, as in the browser's tests: near midnight "today" holds little and "tomorrow" is near. */
const NOW = new Date("2026-11-19T15:12:00+01:00");

/** Time goes on from there. */
const tellTime = () => vi.useFakeTimers({ now: NOW, toFake: ["Date"], shouldAdvanceTime: true });
// Also for what a test file reads before its first test.
tellTime();

beforeEach(() => {
  tellTime();
  window.happyDOM?.setViewport({ width: 1280, height: 800 });
  history.replaceState(null, "", "#/timeline");
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

declare global {
  interface Window {
    happyDOM?: { setViewport(size: { width: number; height: number }): void };
  }
}

// A screen that is a chunk of its own is compiled when a test first asks for it, on a computer that does much else.
configure({ asyncUtilTimeout: 20_000 });
