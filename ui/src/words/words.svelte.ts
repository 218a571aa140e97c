import i18next, { type TFunction } from "i18next";
import { en, type Words } from "./en";
import { translator, type Sentences } from "./told";

/** The languages that the window speaks, each by its own name. English is there at once, the others are read when chosen. */
export const languages = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof languages;

type Catalogue = { words: Words; program: Sentences };

const catalogues: Record<Exclude<Language, "en">, () => Promise<Catalogue>> = {
  de: () => import("./de").then(({ de, program }) => ({ words: de, program })),
};

const asItIs = (text: string) => text;
const translators = new Map<Language, (text: string) => string>([["en", asItIs]]);

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
let translate = $state.raw(asItIs);

/** The language that the window speaks now. */
export function language(): Language {
  return spoken;
}

export async function speak(next: Language): Promise<void> {
  if (next !== "en" && !translators.has(next)) {
    const { words, program } = await catalogues[next]();
    i18n.addResourceBundle(next, "translation", words);
    translators.set(next, translator(program, next));
  }
  await i18n.changeLanguage(next);
  document.documentElement.lang = next;
  spoken = next;
  translate = translators.get(next) ?? asItIs;
}

/** What the program says in English, in the language that is spoken, as far as that knows it. */
export function told(text: string): string {
  return translate(text);
}

/** The language of a tag such as de-AT. A system without a language says "C", which is no tag. */
export function languageOfTag(tag: string): string | null {
  try {
    return new Intl.Locale(tag).language;
  } catch {
    return null;
  }
}

/** What the program knows of the system, and told the page before its scripts ran. In a browser nobody does. */
declare global {
  interface Window {
    __BELLHOP_SYSTEM__?: { language: Language; clock: "h12" | "h24" };
  }
}

/** The language of the person's system, if the window speaks it. */
export function languageOfSystem(): Language {
  const told = window.__BELLHOP_SYSTEM__?.language;
  if (told) return told;
  const wanted = navigator.languages.map(languageOfTag);
  return wanted.find((one): one is Language => one !== null && Object.hasOwn(languages, one)) ?? "en";
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
