import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import App from "../src/App.svelte";
import { memoryBackend } from "../src/backend/memory";
import type { Look } from "../src/bindings/types";
import { localeOfPerson } from "../src/shared/times";
import { languageOf, systemLook } from "../src/state/look.svelte";
import { speak } from "../src/words/words.svelte";
import { hold, open, words } from "./support/open";

afterEach(() => speak("en"));

/** The window as the program opens it: with the times of the person, not those of a test. */
function openAs(look: Partial<Look> = {}, hash = "#/settings/general") {
  history.replaceState(null, "", hash);
  const backend = memoryBackend({ look });
  render(App, { backend });
  return { backend, user: userEvent.setup() };
}

const group = async (name: string) => within(await screen.findByRole("group", { name }));
const theme = () => document.documentElement.dataset.theme;

describe("the parts of the settings", () => {
  it("have an address each, and say which one is shown", async () => {
    const { user } = open("#/settings/general");
    const nav = within(await screen.findByRole("navigation", { name: "Parts of the settings" }));
    expect(nav.getByRole("link", { name: "General" }).getAttribute("aria-current")).toBe("page");
    await user.click(nav.getByRole("link", { name: "Data and backups" }));
    await screen.findByRole("heading", { name: "Data and backups" });
    expect(location.hash).toBe("#/settings/data");
    expect(screen.queryByRole("heading", { name: "General" })).toBeNull();
    expect(nav.getByRole("link", { name: "General" }).getAttribute("aria-current")).toBeNull();
  });
});

describe("how the window looks", () => {
  it("is forced light or dark, and kept", async () => {
    const { backend, user } = openAs();
    const appearance = await group("Appearance");
    await waitFor(() => expect(theme()).toBe("light"));
    await user.click(appearance.getByRole("button", { name: "Dark" }));
    await waitFor(() => expect(theme()).toBe("dark"));
    await waitFor(async () => expect((await backend.settings()).look.appearance).toBe("dark"));
    await user.click(appearance.getByRole("button", { name: "System" }));
    await waitFor(() => expect(theme()).toBe("light"));
  });

  it("is as chosen from the first picture on", async () => {
    openAs({ appearance: "dark" });
    expect(theme()).toBe("dark");
  });

  it("takes what the program knows of the system for the system's language and clock", async () => {
    window.__BELLHOP_SYSTEM__ = { language: "de", clock: "h12" };
    try {
      expect(languageOf(systemLook)).toBe("de");
      expect(localeOfPerson("de").hourCycle).toBe("h12");
      window.__BELLHOP_SYSTEM__ = { language: "en", clock: "h24" };
      expect(languageOf(systemLook)).toBe("en");
      expect(localeOfPerson("en").hourCycle).toBe("h23");
      expect(languageOf({ ...systemLook, language: "de" })).toBe("de");
    } finally {
      delete window.__BELLHOP_SYSTEM__;
    }
  });

  it("goes back to what is kept where the program cannot keep it", async () => {
    const { backend, user } = openAs();
    backend.fail("saveLook", { code: null, message: "The disk is full." });
    await user.click((await group("Appearance")).getByRole("button", { name: "Dark" }));
    await screen.findByText("The disk is full.");
    expect(theme()).toBe("light");
  });

  it("stays as chosen, though settings that were asked for before come late", async () => {
    const { backend, user } = openAs();
    const appearance = await group("Appearance");
    const settings = hold(backend, "settings");
    // The settings are read anew when the tunnel is another one, and the keychain takes its time.
    backend.setTunnel({ state: "connecting" });
    await settings.has(1);
    await user.click(appearance.getByRole("button", { name: "Dark" }));
    await waitFor(() => expect(theme()).toBe("dark"));
    await settings.give();
    expect(theme()).toBe("dark");
    // They are asked for once more, since they may have missed the choice.
    await settings.has(1);
    settings.end();
    await waitFor(() =>
      expect(appearance.getByRole("button", { name: "Dark" }).getAttribute("aria-pressed")).toBe("true"),
    );
    expect(theme()).toBe("dark");
  });

  it("keeps two choices that are made at once", async () => {
    const { backend, user } = openAs();
    const saving = hold(backend, "saveLook");
    await user.click((await group("Appearance")).getByRole("button", { name: "Dark" }));
    await user.click((await group("Time")).getByRole("button", { name: "12 hours" }));
    expect(theme()).toBe("dark");
    saving.end();
    await waitFor(async () =>
      expect((await backend.settings()).look).toMatchObject({ appearance: "dark", clock: "h12" }),
    );
    expect(theme()).toBe("dark");
  });

  it("speaks German as soon as it is chosen, dates included, and English again", async () => {
    const { user } = openAs();
    await user.click((await group("Language")).getByRole("button", { name: "Deutsch" }));
    await screen.findByRole("heading", { name: "Einstellungen" });
    expect(document.documentElement.lang).toBe("de");
    await user.click(screen.getByRole("link", { name: "Daten und Sicherung" }));
    await screen.findByText(/^Letzter Aufruf: Heute, /);
    await user.click(screen.getByRole("link", { name: "Allgemein" }));
    await user.click((await group("Sprache")).getByRole("button", { name: "English" }));
    await screen.findByRole("heading", { name: "Settings" });
  });

  it("opens in English where the system has no language", async () => {
    vi.spyOn(navigator, "languages", "get").mockReturnValue(["C"]);
    const { user } = openAs();
    await screen.findByRole("heading", { name: "Settings" });
    await user.click((await group("Language")).getByRole("button", { name: "Deutsch" }));
    await screen.findByRole("heading", { name: "Einstellungen" });
  });

  it("writes times with 12 or 24 hours, wherever one is shown", async () => {
    const { user } = openAs();
    const clock = await group("Time");
    await user.click(clock.getByRole("button", { name: "12 hours" }));
    await waitFor(() => expect(words(document.body)).toMatch(/Now \d{1,2}:\d\d [ap]m/i));
    await user.click(clock.getByRole("button", { name: "24 hours" }));
    await waitFor(() => expect(words(document.body)).toMatch(/Now \d\d:\d\d(?! [ap]m)/i));
  });

  it("begins the week of the calendar with the chosen day", async () => {
    const { user } = openAs({ firstWeekday: "sunday" }, "#/calendar?day=2026-11-19");
    await screen.findByText(/15\D+21\D*November 2026|November 15\D+21, 2026/);
    location.hash = "#/settings/general";
    await user.click((await group("The week begins on")).getByRole("button", { name: "Monday" }));
    location.hash = "#/calendar?day=2026-11-19";
    await screen.findByText(/16\D+22\D*November 2026|November 16\D+22, 2026/);
  });
});

describe("starting at login", () => {
  it("is turned on and off", async () => {
    const { backend, user } = open("#/settings/general");
    const login = await screen.findByRole("switch", { name: "Start at login" });
    await user.click(login);
    await waitFor(async () => expect((await backend.settings()).startAtLogin).toBe(true));
    await waitFor(() => expect(login.getAttribute("aria-checked")).toBe("true"));
    await user.click(login);
    await waitFor(async () => expect((await backend.settings()).startAtLogin).toBe(false));
  });

  it("is not for the demo", async () => {
    open("#/settings/general", { demo: true });
    const login = await screen.findByRole("switch", { name: "Start at login" });
    await waitFor(() => expect(login).toHaveProperty("disabled", true));
    screen.getByText("The demo does not start by itself.");
  });
});

describe("how much notifications tell", () => {
  it("is shown with an example before anybody sees one", async () => {
    const { backend, user } = open("#/settings/notifications");
    const example = await screen.findByTestId("notification-example");
    expect(words(example)).toContain("Alex Example");
    await user.click(screen.getByRole("radio", { name: "No names" }));
    await waitFor(() => expect(words(example)).not.toContain("Alex Example"));
    expect(words(example)).not.toContain("Haircut");
    expect(words(example)).toContain("Kordless");
    await user.click(screen.getByRole("radio", { name: "Only that something happened" }));
    await waitFor(() => expect(words(example)).toBe("New booking"));
    expect((await backend.settings()).notificationPrivacy).toBe("nothing");
  });
});
