import { MediaQuery } from "svelte/reactivity";
import type { Look as Chosen } from "../bindings/types";
import { createTimes, hourCycles, localeOfPerson, type Times } from "../shared/times";
import type { Clock } from "./clock.svelte";
import { type Language, language, languageOfSystem, speak } from "../words/words.svelte";

/** Everything as the system has it. */
export const systemLook: Chosen = {
  appearance: "system",
  language: "system",
  clock: "system",
  firstWeekday: "system",
};

export function languageOf({ language }: Chosen): Language {
  return language === "system" ? languageOfSystem() : language;
}

const weekdays = { monday: "mon", saturday: "sat", sunday: "sun" } as const;

/** How times are written in the language that is spoken now. */
function timesOf({ clock, firstWeekday }: Chosen, timeZone: string): Times {
  const own = localeOfPerson(language());
  return createTimes({
    timeZone,
    locale:
      firstWeekday === "system"
        ? own.locale
        : `${new Intl.Locale(own.locale).baseName}-u-fw-${weekdays[firstWeekday]}`,
    hourCycle: clock === "system" ? own.hourCycle : hourCycles[clock],
  });
}

/** How the window looks and speaks: what the person chose, or else the system. */
export class Look {
  chosen = $state.raw(systemLook);
  readonly #clock: Clock;
  readonly #givenTimes: Times | undefined;
  readonly #systemIsDark = new MediaQuery("(prefers-color-scheme: dark)");
  readonly times: Times = $derived.by(() => this.#givenTimes ?? timesOf(this.chosen, this.#clock.timeZone));
  readonly theme: "light" | "dark" = $derived.by(() => {
    if (this.chosen.appearance !== "system") return this.chosen.appearance;
    return this.#systemIsDark.current ? "dark" : "light";
  });
  readonly #language = $derived(languageOf(this.chosen));
  /** A language takes a moment to be read, and the one that was chosen last has to win. */
  #speaking: Promise<void> = Promise.resolve();

  constructor(chosen: Chosen, clock: Clock, times?: Times) {
    this.chosen = chosen;
    this.#clock = clock;
    this.#givenTimes = times;
  }

  /** Speaks the language that is chosen, now and whenever another one is. */
  start(): () => void {
    return $effect.root(() => {
      $effect(() => {
        const next = this.#language;
        this.#speaking = this.#speaking.then(() => speak(next)).catch(() => {});
      });
      $effect.pre(() => {
        document.documentElement.dataset.theme = this.theme;
      });
    });
  }
}
