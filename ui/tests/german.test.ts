import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTimes, localeOfPerson } from "../src/shared/times";
import { speak } from "../src/words/words.svelte";
import { open, words } from "./support/open";

beforeEach(() => speak("de"));
afterEach(() => speak("en"));

const german = { look: { language: "de" } } as const;

const navigation = () => within(screen.getByRole("navigation", { name: "Ansichten" }));

describe("in German", () => {
  it("names the places, the screen and the window", async () => {
    open("#/deliveries", german);
    await screen.findByRole("heading", { name: "Aufrufe" });
    expect(navigation().getByRole("link", { name: "Einstellungen" })).toBeDefined();
    expect(document.title).toContain("Aufrufe – Bellhop");
    expect(document.documentElement.lang).toBe("de");
  });

  it("says what the program says of a call", async () => {
    open("#/deliveries?show=problems", german);
    const [call] = await screen.findAllByTestId("delivery");
    expect(words(call!)).toContain("Erwartet bei /data/start_time: ein Zeitpunkt; dort steht etwas anderes.");
  });

  it("says why calls were turned away and what to do", async () => {
    open("#/deliveries?show=rejections", german);
    const [rejection] = await screen.findAllByTestId("rejection");
    expect(words(rejection!)).toContain("Seine Signatur passt nicht zum Geheimschlüssel");
    expect(words(rejection!)).toContain(
      "Kopieren Sie ihn erneut aus den Webhook-Einstellungen von Kordless.",
    );
  });

  it("says why nobody can reach it", async () => {
    open("#/deliveries", { ...german, world: "refused" });
    const line = await screen.findByTestId("tunnel-line");
    await waitFor(() => expect(words(line)).toContain("ngrok kennt diesen Authtoken nicht mehr"));
    expect(words(line)).toContain("Nicht erreichbar:");
    expect(words(line)).toContain("Kopieren Sie den aktuellen von dashboard.ngrok.com");
  });

  it("says what failed", async () => {
    open("#/overview", { ...german, world: "broken" });
    expect(words(await screen.findByRole("alert"))).toContain("Die Datenbank hat abgelehnt: disk I/O error.");
  });

  it("is spoken at once on the screen that is open, and English again", async () => {
    await speak("en");
    open("#/delivery/delivery-1-3");
    await screen.findByRole("heading", { name: "What it says" });
    await speak("de");
    await screen.findByRole("heading", { name: "Was er sagt" });
    expect(words(screen.getByTestId("delivery-says"))).toContain("Verlegt");
    await speak("en");
    await screen.findByRole("heading", { name: "What it says" });
    expect(words(screen.getByTestId("delivery-says"))).toContain("Rescheduled");
  });
});

describe("times in German", () => {
  const now = new Date("2026-11-19T15:12:00+01:00");
  const berlin = createTimes({ locale: "de-DE", hourCycle: "h23", timeZone: "Europe/Berlin" });

  it("are said as Germans say them", () => {
    expect(berlin.moment("2026-11-19T08:00:00Z", now)).toBe("Heute, 09:00");
    expect(berlin.shortMoment("2026-11-18T08:00:00Z", now)).toBe("gestern, 09:00");
    expect(
      berlin.spoken({ start: "2026-11-21T13:00:00Z", end: "2026-11-21T14:00:00Z", date: null }, now),
    ).toMatch(/^Sa\.,? 21\. Nov\., 14:00–15:00 Uhr$/);
    expect(berlin.ago("2026-11-19T14:11:50Z", now)).toBe("gerade eben");
    expect(berlin.ago("2026-11-19T11:12:00Z", now)).toBe("vor 3 Stunden");
  });

  it("follow the person's own region where the language is spoken there", () => {
    expect(new Intl.Locale(localeOfPerson("de").locale).language).toBe("de");
    expect(new Intl.Locale(localeOfPerson("en").locale).language).toBe("en");
  });
});
