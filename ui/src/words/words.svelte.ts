import i18next, { type TFunction } from "i18next";
import { en, type Words } from "./en";

/** The languages that the window speaks, each by its own name. English is there at once, the others are read when chosen. */
export const languages = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof languages;

const catalogues: Record<Exclude<Language, "en">, () => Promise<{ words: Words }>> = {
  de: () => import("./de").then(({ de }) => ({ words: de })),
};

const i18n = i18next.createInstance();
void i18n.init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: en } },
  // Svelte writes text as text.
  interpolation: { escapeValue: false },
  initAsync: false,
});

let spoken = $state.raw<Language>("en");

/** The language that the window speaks now. */
export function language(): Language {
  return spoken;
}

export async function speak(next: Language): Promise<void> {
  if (next !== "en" && !i18n.hasResourceBundle(next, "translation")) {
    i18n.addResourceBundle(next, "translation", (await catalogues[next]()).words);
  }
  await i18n.changeLanguage(next);
  document.documentElement.lang = next;
  spoken = next;
}

/** The language of the person's system, if the window speaks it. */
export function languageOfSystem(): Language {
  const wanted = navigator.languages.map((tag) => new Intl.Locale(tag).language);
  return wanted.find((tag): tag is Language => Object.hasOwn(languages, tag)) ?? "en";
}

/** The text of a key that may not be there: one made from a code of the program, which may be newer than the words. */
export function said(key: string, values: Record<string, string> = {}): string | null {
  void spoken;
  return i18n.exists(key) ? (i18n.t as (key: string, values: object) => string)(key, values) : null;
}

/** The text of a key in the language that is spoken: whoever shows it shows it anew when another one is chosen. */
export const t = ((key: never, values: never) => {
  void spoken;
  return i18n.t(key, values);
}) as TFunction;
