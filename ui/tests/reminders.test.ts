import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { memoryBackend, type MemoryOptions } from "../src/backend/memory";
import CardWindow from "../src/card/CardWindow.svelte";
import { soonness } from "../src/card/soonness";
import { speak } from "../src/words/words.svelte";
import { berlin, hold, open, words } from "./support/open";

afterEach(() => speak("en"));

const pressed = (group: HTMLElement) =>
  within(group)
    .getAllByRole("button", { pressed: true })
    .map((one) => words(one));

describe("Reminders in the settings", () => {
  it("are several times before a booking, and say what comes of them", async () => {
    const { backend, user } = open("#/settings/reminders");
    const leads = await screen.findByRole("group", { name: "How long before it begins" });
    expect(pressed(leads)).toEqual(["15 minutes"]);
    const next = screen.getByTestId("next-reminders");
    expect(words(next)).toMatch(/What comes next .+, \d\d:\d\d/);
    await user.click(within(leads).getByRole("button", { name: "1 hour" }));
    await waitFor(() => expect(pressed(leads)).toEqual(["15 minutes", "1 hour"]));
    expect((await backend.reminders()).rules.leads).toEqual([60, 15]);
    for (const name of ["15 minutes", "1 hour"])
      await user.click(within(leads).getByRole("button", { name }));
    await screen.findByText("You are not reminded, unless a rule below says so.");
  });

  it("come on the card, on the day and again, as the person chooses", async () => {
    const { backend, user } = open("#/settings/reminders");
    await user.click(await screen.findByRole("switch", { name: "On the card as well" }));
    await waitFor(async () => expect((await backend.reminders()).rules.card).toBe(true));
    await user.click(screen.getByRole("combobox", { name: "Bookings without a time of day: 08:00" }));
    await user.click(await screen.findByRole("option", { name: "07:00" }));
    await waitFor(async () => expect((await backend.reminders()).rules.dayHour).toBe(7));
    await user.click(screen.getByRole("combobox", { name: "Repeat until answered: Never" }));
    await user.click(await screen.findByRole("option", { name: "Every 3 minutes" }));
    await waitFor(async () => expect((await backend.reminders()).rules.repeatMinutes).toBe(3));
  });

  it("have other times for some bookings", async () => {
    const { backend, user } = open("#/settings/reminders");
    const rule = await screen.findByTestId("reminder-rule");
    expect(words(rule)).toContain("“massage” in the title 1 hour and 10 minutes before, on the card as well");
    await user.click(screen.getByRole("button", { name: "Add a rule" }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    screen.getByText("Choose an endpoint, or a part of the title.");
    await user.type(screen.getByLabelText("Part of the title"), "Maths");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.getAllByTestId("reminder-rule")).toHaveLength(2));
    screen.getByText("“Maths” in the title");
    screen.getByText("Not at all", { selector: ".says" });
    expect(
      screen.getByRole<HTMLButtonElement>("button", { name: "Move up: “massage” in the title" }).disabled,
    ).toBe(true);
    await user.click(screen.getByRole("button", { name: "Move up: “Maths” in the title" }));
    const titles = async () => (await backend.reminders()).rules.rules.map(({ title }) => title);
    await waitFor(async () => expect(await titles()).toEqual(["Maths", "massage"]));
    // The way back is under the finger.
    const back = screen.getByRole("button", { name: "Move down: “Maths” in the title" });
    await waitFor(() => expect(document.activeElement).toBe(back));
    await user.click(screen.getByRole("button", { name: "Remove: “massage” in the title" }));
    await waitFor(() => expect(screen.getAllByTestId("reminder-rule")).toHaveLength(1));
    expect((await backend.reminders()).rules.rules).toEqual([
      { endpointId: null, title: "Maths", leads: [], card: false },
    ]);
  });

  it("keep two choices that are made at once", async () => {
    const { backend, user } = open("#/settings/reminders");
    const leads = await screen.findByRole("group", { name: "How long before it begins" });
    const keeping = hold(backend, "chooseReminders");
    await user.click(within(leads).getByRole("button", { name: "1 hour" }));
    await user.click(within(leads).getByRole("button", { name: "1 day" }));
    keeping.end();
    await waitFor(async () => expect((await backend.reminders()).rules.leads).toEqual([1440, 60, 15]));
  });

  it("stay as chosen, though an answer from before the choice comes late", async () => {
    const { backend, user } = open("#/settings/reminders");
    const leads = await screen.findByRole("group", { name: "How long before it begins" });
    const reading = hold(backend, "reminders");
    backend.changed({ timeline: true });
    await reading.has(1);
    await user.click(within(leads).getByRole("button", { name: "1 hour" }));
    await waitFor(() => expect(pressed(leads)).toEqual(["15 minutes", "1 hour"]));
    await reading.give();
    expect(pressed(leads)).toEqual(["15 minutes", "1 hour"]);
    reading.end();
  });

  it("stay as they were where they cannot be kept", async () => {
    const { backend, user } = open("#/settings/reminders");
    const leads = await screen.findByRole("group", { name: "How long before it begins" });
    backend.fail("chooseReminders", { code: null, message: "Choose at most five times before a booking." });
    await user.click(within(leads).getByRole("button", { name: "1 day" }));
    await screen.findByText("Choose at most five times before a booking.");
    expect(pressed(leads)).toEqual(["15 minutes"]);
  });

  it("say what is wrong where they cannot be read", async () => {
    const { backend } = open("#/timeline");
    backend.fail("reminders", { code: null, message: "The disk is full." });
    backend.navigate("#/settings/reminders");
    await screen.findByText("The reminders could not be read");
  });
});

describe("A booking", () => {
  it("shows when it is reminded of, and has a choice of its own", async () => {
    const { backend, user } = open("#/booking/5", { now: () => new Date("2026-11-19T08:00:00+01:00") });
    const part = await screen.findByTestId("booking-reminders");
    await user.click(within(part).getByRole("combobox", { name: "When to remind you: As in the settings" }));
    await user.click(await screen.findByRole("option", { name: "Not at all" }));
    await within(part).findByText("You are not reminded of this booking.");
    expect((await backend.bookingReminders("5")).own).toEqual([]);
    await user.click(within(part).getByRole("combobox", { name: "When to remind you: Not at all" }));
    await user.click(await screen.findByRole("option", { name: "30 minutes before" }));
    await waitFor(async () => expect((await backend.bookingReminders("5")).own).toEqual([30]));
    await waitFor(() => expect(within(part).getAllByRole("listitem")).toHaveLength(1));
  });

  it("that is cancelled has none to choose", async () => {
    open("#/booking/3");
    await screen.findByTestId("booking-when");
    expect(screen.queryByTestId("booking-reminders")).toBeNull();
  });
});

function card(options: MemoryOptions = {}) {
  const backend = memoryBackend({ now: () => new Date("2026-11-19T08:00:00+01:00"), ...options });
  render(CardWindow, { backend, times: berlin });
  return { backend, user: userEvent.setup() };
}

describe("The card", () => {
  it("counts down, and each answer takes the booking from it", async () => {
    vi.useFakeTimers({ now: new Date("2026-11-19T08:00:00+01:00"), toFake: ["Date"] });
    const { backend, user } = card();
    const shown = await screen.findAllByTestId("card");
    expect(shown).toHaveLength(2);
    expect(words(shown[0]!)).toMatch(/^Begins in \d+ /);
    const answered = vi.spyOn(backend, "answerCard");
    const opened = vi.spyOn(backend, "openCard");
    const [first] = await backend.cards();
    await user.click(within(shown[0]!).getByRole("button", { name: "5 min" }));
    expect(answered).toHaveBeenCalledWith(first!.bookingId, "snoozed_5");
    await waitFor(() => expect(shown[0]!.isConnected).toBe(false));
    const [second] = await backend.cards();
    const next = (await screen.findAllByTestId("card"))[0]!;
    await user.click(within(next).getByRole("button", { name: "When it begins" }));
    expect(answered).toHaveBeenCalledWith(second!.bookingId, "snoozed_start");
    const [third] = await backend.cards();
    await waitFor(async () => expect(await screen.findAllByTestId("card")).toHaveLength(2));
    await user.click(screen.getAllByRole("button", { name: "Open booking" })[0]!);
    expect(opened).toHaveBeenCalledWith(third!.bookingId);
  });

  it("does not bring back what was answered, when an answer from before comes late", async () => {
    const { backend, user } = card();
    const [shown] = await screen.findAllByTestId("card");
    const cards = hold(backend, "cards");
    backend.changed({ notices: true });
    await cards.has(1);
    await user.click(within(shown!).getByRole("button", { name: "Got it" }));
    // Once as the answer is heard of, once as it is given.
    await cards.has(3);
    await cards.give(2);
    await waitFor(() => expect(shown!.isConnected).toBe(false));
    const left = screen.getAllByTestId("card").map(words);
    await cards.give(1);
    await cards.give(0);
    expect(screen.getAllByTestId("card").map(words)).toEqual(left);
  });

  it("takes a double click for one: the next booking comes to where the first was", async () => {
    const { backend, user } = card();
    const [shown] = await screen.findAllByTestId("card");
    const answered = vi.spyOn(backend, "answerCard");
    await user.click(within(shown!).getByRole("button", { name: "Got it" }));
    await waitFor(() => expect(shown!.isConnected).toBe(false));
    const next = within(screen.getAllByTestId("card")[0]!).getByRole("button", { name: "Got it" });
    await fireEvent.click(next, { detail: 2 });
    expect(answered).toHaveBeenCalledTimes(1);
  });

  it("names nobody where others may see it", async () => {
    const { backend } = card();
    await backend.setNotificationPrivacy("without_names");
    const [one] = await backend.cards();
    expect(one).toMatchObject({ who: null, title: null, named: false });
    backend.changed({ notices: true });
    await screen.findAllByRole("heading", { name: "A booking" });
  });

  it("speaks German", async () => {
    await speak("de");
    card({ look: { language: "de" } });
    await screen.findAllByRole("button", { name: "Buchung öffnen" });
    screen.getAllByRole("button", { name: "Verstanden" });
  });

  it("says what went wrong and keeps the booking", async () => {
    const { backend, user } = card();
    const [shown] = await screen.findAllByTestId("card");
    backend.fail("answerCard", { code: null, message: "The disk is full." });
    await user.click(within(shown!).getByRole("button", { name: "Got it" }));
    expect(words(await screen.findByRole("alert"))).toBe("The disk is full.");
    expect(shown!.isConnected).toBe(true);
  });

  it("tells how soon a booking begins, and how long ago one began", () => {
    const start = "2026-11-19T09:00:00Z";
    const at = (time: string) => soonness({ start }, new Date(`2026-11-19T${time}Z`));
    expect(at("08:45:30")).toBe("Begins in 14 min 30 s");
    expect(at("07:00:00")).toBe("Begins in 2 h");
    expect(at("09:00:20")).toBe("Begins now");
    expect(at("09:05:00")).toBe("Began 5 min ago");
    expect(soonness({ start: null }, new Date())).toBe("Today");
  });
});
