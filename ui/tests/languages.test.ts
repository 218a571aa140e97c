import { afterEach, expect, test } from "vitest";
import { de, program } from "../src/words/de";
import { en } from "../src/words/en";
import { translator } from "../src/words/told";
import { language, speak, t, told } from "../src/words/words.svelte";
import { isSentence, textsOfRust } from "./support/rust";

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

/** What is said elsewhere than in the window: in notifications and in the tray, in German by Rust itself, and by the command line. */
const notInTheWindow =
  /^core\/src\/(notice\/wording|digest\/wording|reminder\/wording|overlap|rule|trouble|curl|sample|provider)\.rs$|^engine\/src\/(sending|announcing\/bubble)\.rs$|^tray(\.rs$|\/)|^(wiring|closing|notifier|card)\.rs$/;

const textsForTheWindow = () => [...textsOfRust()].filter(([file]) => !notInTheWindow.test(file));

test("every sentence of the program is said in German", () => {
  const missing = textsForTheWindow()
    .flatMap(([, texts]) => texts.filter(isSentence))
    .filter((text) => !Object.hasOwn(program, text) && !/^SELECT /.test(text));
  expect(missing).toEqual([]);
});

test("German knows no sentence that the program says elsewhere or no longer, and fills in the same", () => {
  const said = new Set(textsForTheWindow().flatMap(([, texts]) => texts));
  for (const [english, german] of Object.entries(program)) {
    expect(said.has(english), english).toBe(true);
    let unnamed = 0;
    const names = [...english.matchAll(/{(\w*)}/g)].map(([, name]) => name || String(unnamed++));
    const used = [...german.matchAll(/{(\w+)}/g)].map(([, name]) => name);
    expect([...new Set(used)].sort(), english).toEqual([...new Set(names)].sort());
  }
});

test("a reason for which a call is turned away has words in each language", () => {
  const files = /^engine\/src\/receiver(\.rs|\/)|^core\/src\/signature\.rs$/;
  const codes = [...textsOfRust()]
    .filter(([file]) => files.test(file))
    .flatMap(([, texts]) => texts.filter((text) => /^[a-z]+(_[a-z]+)+$/.test(text)))
    .filter((code) => !/^(raw_body|snake_case|signed|token_only)$/.test(code));
  expect(codes.length).toBeGreaterThan(10);
  for (const code of codes) expect(en.shared.rejections, code).toHaveProperty(code);
});

test("what the program says is found again with what it filled in", () => {
  const say = translator(program, "de");
  expect(say("This booking is no longer there.")).toBe("Diese Buchung gibt es nicht mehr.");
  expect(say("What is at /start or /date is not a date.")).toBe(
    "Erwartet bei /start oder /date: ein Datum; dort steht etwas anderes.",
  );
  expect(say("The content is not JSON that can be read (line 1, column 12). It is kept as it came.")).toBe(
    "Der Inhalt ist kein lesbares JSON (Zeile 1, Spalte 12). Er wird aufbewahrt, wie er kam.",
  );
  expect(
    say(
      "WebKasa has given up what it sent between 09:10 and 11:40 on Tue 24 Nov. It still tries what came later.",
    ),
  ).toBe(
    "WebKasa hat aufgegeben, was es zwischen 09:10 und 11:40 am 24. Nov. gesendet hat. Was später kam, versucht es noch.",
  );
  expect(
    say(
      "Compare Kordless's calendar with the timeline, for bookings that were made, moved or cancelled between 9:10 AM and 1:40 PM on Tue 24 Nov.",
    ),
  ).toBe(
    "Vergleichen Sie im Kalender von Kordless und im Verlauf alle Buchungen, Verlegungen und Absagen zwischen 9:10 AM und 1:40 PM am 24. Nov.",
  );
  expect(
    say(
      "Once Bellhop can be reached again: Open Bookora's calendar and compare the bookings that were made, moved or cancelled from 23:10 on Tue 24 Nov 2025 on.",
    ),
  ).toBe(
    "Sobald Bellhop wieder erreichbar ist: Öffnen Sie den Kalender von Bookora und vergleichen Sie alle Buchungen, Verlegungen und Absagen ab 23:10 am 24. Nov. 2025.",
  );
  expect(
    say(
      "The public address did not lead to Bellhop. Ngrok closed the connection. The clock was set back meanwhile, so the times may be wrong.",
    ),
  ).toBe(
    "Die öffentliche Adresse führte nicht zu Bellhop. ngrok hat die Verbindung geschlossen. Die Uhr wurde inzwischen zurückgestellt, daher können die Zeiten falsch sein.",
  );
  expect(say("Calls could not be stored. Of the disk nobody knows.")).toBe(
    "Aufrufe ließen sich nicht speichern. Of the disk nobody knows.",
  );
  expect(say("The desktop did not take the notification: no such service")).toBe(
    "Der Desktop hat die Benachrichtigung nicht angenommen: no such service",
  );
  expect(say("No space left on device")).toBe("No space left on device");
  expect(say("Something new. It is all well.")).toBe("Something new. It is all well.");
});

test("in English the program is quoted", async () => {
  const message = "This booking is no longer there.";
  expect(told(message)).toBe(message);
  await speak("de");
  expect(told(message)).toBe("Diese Buchung gibt es nicht mehr.");
});

const sample = import.meta.glob<string>("../src/backend/**/*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});

test("the made-up world says what the program says", () => {
  const say = translator(program, "de");
  const sentence = /\b(?:message|hint|summary|advice|cause|honesty): "((?:[^"\\]|\\.)+)"/g;
  const said = Object.values(sample).flatMap((source) =>
    [...source.matchAll(sentence)].map(([, one]) => one!),
  );
  expect(said.length).toBeGreaterThan(15);
  expect(said.filter((one) => isSentence(one) && say(one) === one)).toEqual([]);
});
