import { afterEach, expect, test } from "vitest";
import { de } from "../src/words/de";
import { en } from "../src/words/en";
import { language, speak, t } from "../src/words/words.svelte";

afterEach(() => speak("en"));

function texts(tree: object, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, string | object]) =>
    typeof value === "string" ? [[`${path}${key}`, value]] : texts(value, `${path}${key}.`),
  );
}

const filledIn = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name).sort();

test("every text is said in German, and fills in the same", () => {
  const german = new Map(texts(de));
  for (const [key, english] of texts(en)) {
    const said = german.get(key) ?? "";
    expect(said, key).not.toBe("");
    expect(filledIn(said), key).toEqual(filledIn(english));
  }
  expect(german.size).toBe(texts(en).length);
});

test("another language is spoken as soon as it is chosen", async () => {
  expect(t("shell.paused.resume")).toBe("Resume");
  await speak("de");
  expect(language()).toBe("de");
  expect(document.documentElement.lang).toBe("de");
  expect(t("shell.paused.resume")).toBe("Fortsetzen");
  expect(t("shell.paused.until", { moment: "14:00" })).toContain("bis 14:00.");
});
