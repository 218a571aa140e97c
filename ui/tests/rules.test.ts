import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import { speak } from "../src/words/words.svelte";
import type { MemoryBackend } from "../src/backend/memory";
import { open, words } from "./support/open";

const HASH = "#/settings/rules";

const button = (name: string | RegExp) => screen.findByRole("button", { name });
const rows = async () => (await screen.findAllByTestId("rule")).map(words);
const effects = (backend: MemoryBackend) => backend.wishesKept.rules.map(({ rule }) => rule?.kinds.join());

describe("rules", () => {
  it("are told in words, in their order", async () => {
    open(HASH);
    expect(await rows()).toEqual([
      "1 Cancellations from Kordless on weekdays before 09:00 : urgent, with the sound Bell",
      "2 New bookings and moved bookings about “Trial” : not shown, only listed",
      "3 No-shows : without a sound",
    ]);
  });

  it("can be made anew, and say what they would have changed before they are saved", async () => {
    const { user, backend } = open(HASH, { world: "sample" });
    await user.click(await button("Add a rule"));
    const form = screen.getByRole("form", { name: "New rule" });
    const pick = async (name: string) => user.click(within(form).getByRole("button", { name }));
    await waitFor(() =>
      expect(words(screen.getByTestId("rule-preview"))).toMatch(/Nothing: the last \d+ notifications/),
    );
    await pick("Moved bookings");
    await pick("Urgent");
    expect(words(screen.getByTestId("rule-sentence"))).toBe("Moved bookings: urgent");
    await waitFor(() =>
      expect(words(screen.getByTestId("rule-preview"))).toMatch(/\d+ of the last \d+ notifications.* urgent/),
    );
    const changed = within(screen.getByTestId("rule-preview")).getAllByRole("listitem").map(words);
    expect(changed.length).toBeGreaterThan(0);
    for (const one of changed) expect(one).toMatch(/^Moved: .+ (Shown|Held in quiet hours) → Urgent$/);
    expect(backend.wishesKept.rules).toHaveLength(3);

    await user.type(within(form).getByLabelText("What is booked contains"), " Massage ");
    await pick("Save rule");
    await waitFor(() => expect(backend.wishesKept.rules).toHaveLength(4));
    expect(backend.wishesKept.rules[3]?.rule).toMatchObject({
      kinds: ["rescheduled"],
      title: "Massage",
      effect: "urgent",
    });
    expect((await rows())[3]).toBe("4 Moved bookings about “Massage” : urgent");
    // The keyboard is where it was, at the rule.
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole("button", { name: "Edit rule 4" })),
    );
  });

  it("are changed part by part, and left as they were by Cancel", async () => {
    const { user, backend } = open(HASH);
    await user.click(await button("Edit rule 1"));
    const sentence = () => words(screen.getByTestId("rule-sentence"));
    await user.click(await button("Any time"));
    await user.click(await button("Mon"));
    await user.click(await button("Not shown"));
    expect(sentence()).toBe(
      "Cancellations from Kordless on Tuesday, Wednesday, Thursday and Friday: not shown, only listed",
    );
    await user.click(await button("Cancel"));
    expect((await rows())[0]).toContain("on weekdays before 09:00");
    expect(backend.wishesKept.rules[0]?.rule?.effect).toBe("urgent");
  });

  it("have times that are typed", async () => {
    const { user, backend } = open(HASH);
    await user.click(await button("Edit rule 3"));
    await user.click(await button("Between"));
    const form = screen.getByRole("form", { name: "Change this rule" });
    const [hour] = within(form).getAllByRole("spinbutton", { name: /hour/ });
    hour!.focus();
    await user.keyboard("22");
    expect(words(screen.getByTestId("rule-sentence"))).toContain("from 22:00 to 09:00");
    expect(words(form)).toContain("of the next day");
    await user.click(await button("Save rule"));
    await waitFor(() =>
      expect(backend.wishesKept.rules[2]?.rule?.hours).toEqual({ from: "22:00", to: "09:00" }),
    );
  });

  it("move by button and by Alt and an arrow, and the keyboard stays with them", async () => {
    const { user, backend } = open(HASH);
    await user.click(await button("Move rule 1 down"));
    await waitFor(() => expect(effects(backend)).toEqual(["created,rescheduled", "cancelled", "no_show"]));
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole("button", { name: "Move rule 2 down" })),
    );
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await waitFor(() => expect(effects(backend)).toEqual(["created,rescheduled", "no_show", "cancelled"]));
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole("button", { name: "Move rule 3 up" })),
    );
    // The last stays where it is.
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(effects(backend)).toEqual(["created,rescheduled", "no_show", "cancelled"]);
  });

  it("are removed, and come back where they were", async () => {
    const { user, backend } = open(HASH);
    await user.click(await button("Remove rule 2"));
    await waitFor(() => expect(effects(backend)).toEqual(["cancelled", "no_show"]));
    await user.click(await button("Undo"));
    await waitFor(() => expect(effects(backend)).toEqual(["cancelled", "created,rescheduled", "no_show"]));
  });

  it("stay as they were where the program cannot keep a change, and it says why", async () => {
    const { user, backend } = open(HASH);
    await button("Move rule 1 down");
    backend.fail("keepRules", {
      code: null,
      message: "The disk is full. Make room: Bellhop goes on by itself.",
    });
    await user.click(await button("Move rule 1 down"));
    await screen.findByText("The change could not be saved");
    expect((await rows())[0]).toContain("Cancellations");
  });

  it("begin with a suggestion where there are none", async () => {
    const { user, backend } = open(HASH, { world: "empty" });
    await screen.findByText(/No rules yet/);
    await user.click(await button("Cancellations always urgent"));
    await screen.findByText("There are no past notifications yet to show it on.");
    await user.click(await button("Save rule"));
    await waitFor(() => expect(effects(backend)).toEqual(["cancelled"]));
  });

  it("say which of them is not understood, and when the desktop is not to disturb", async () => {
    open(HASH, { world: "trouble" });
    expect((await rows())[0]).toContain("this one does not understand. It is not applied.");
    expect(screen.queryByRole("button", { name: "Edit rule 1" })).toBeNull();
    screen.getByText(/set to “do not disturb” now/);
    screen.getByText(/it plays no sounds/);
  });

  it("say when they cannot be read, and try again", async () => {
    const { user, backend } = open(HASH);
    await button("Edit rule 1");
    backend.fail("wishes", { code: null, message: "The database refused: disk I/O error." });
    await user.click(screen.getByRole("link", { name: "General" }));
    await user.click(screen.getByRole("link", { name: "Rules and quiet hours" }));
    await screen.findByText("Your rules could not be read");
    backend.fail("wishes", null);
    await user.click(await button(/again/i));
    await button("Edit rule 1");
  });
});

describe("quiet hours", () => {
  it("are taken over from a preset, show their effect, and are then saved", async () => {
    const { user, backend } = open(HASH);
    await user.click(await button("Nights and weekends quiet"));
    await waitFor(() =>
      expect(words(screen.getByTestId("rule-preview"))).toMatch(/told (the same|differently)/),
    );
    expect(backend.wishesKept.quietHours.days[5]).toBeNull();
    await user.click(await button("Save quiet hours"));
    await waitFor(() =>
      expect(backend.wishesKept.quietHours.days[5]).toEqual({ from: "07:00", to: "07:00" }),
    );
    expect(screen.queryByRole("button", { name: "Save quiet hours" })).toBeNull();
  });

  it("are chosen day by day", async () => {
    const { user, backend } = open(HASH, { world: "empty" });
    const saturday = await screen.findByRole("switch", { name: "Saturday: quiet hours" });
    await user.click(saturday);
    const days = screen.getAllByTestId("quiet-day").map(words);
    expect(days.filter((day) => day.includes("No quiet hours"))).toHaveLength(6);
    const hour = screen.getAllByRole("spinbutton", { name: /hour/ })[0]!;
    hour.focus();
    await user.keyboard("23");
    await user.click(await button("Save quiet hours"));
    await waitFor(() =>
      expect(backend.wishesKept.quietHours.days[5]).toEqual({ from: "23:00", to: "07:00" }),
    );
    await user.click(await button("No quiet hours"));
    await user.click(await button("Discard"));
    expect(words(screen.getAllByTestId("quiet-day")[5]!)).toContain("next day");
  });

  it("that are not saved yet stay when something else is chosen", async () => {
    const { user } = open("#/settings/rules");
    await user.click(await screen.findByRole("button", { name: "Nights quiet" }));
    screen.getByRole("button", { name: "Save quiet hours" });
    await user.click(screen.getByRole("switch", { name: "Urgent ones break through" }));
    await waitFor(() =>
      expect(screen.getByRole("switch", { name: "Urgent ones break through" }).hasAttribute("disabled")).toBe(
        false,
      ),
    );
    screen.getByRole("button", { name: "Save quiet hours" });
  });

  it("are broken through by urgent ones, and summed up, as the person chooses", async () => {
    const { user, backend } = open(HASH);
    await user.click(await screen.findByRole("switch", { name: "Urgent ones break through" }));
    await waitFor(() => expect(backend.wishesKept.quietHours.urgentBreaksThrough).toBe(true));
    await user.click(screen.getByRole("switch", { name: "One summary afterwards" }));
    await waitFor(() => expect(backend.wishesKept.quietHours.sumsUp).toBe(false));
  });
});

describe("sounds", () => {
  it("are chosen for a kind, and heard", async () => {
    const { user, backend } = open(HASH);
    await user.click(await button("Try it: Reminders"));
    await waitFor(() => expect(backend.tried).toEqual(["alarm"]));
    await screen.findByText("Test notification sent with this sound");
    expect(await button("Try it: Summaries")).toHaveProperty("disabled", true);
    await user.click(screen.getByLabelText(/^Sound of New bookings/));
    await user.click(await screen.findByRole("option", { name: "Bell" }));
    await waitFor(() =>
      expect(backend.wishesKept.sounds.find(({ kind }) => kind === "created")?.sound).toBe("bell"),
    );
    backend.fail("trySound", { code: null, message: "The desktop did not take the notification" });
    await user.click(await button("Try it: Reminders"));
    await screen.findByText("The test notification could not be sent");
  });
});

describe("in German", () => {
  afterEach(() => speak("en"));

  it("rules are sentences too", async () => {
    open(HASH, { look: { language: "de" } });
    await waitFor(async () =>
      expect((await rows())[0]).toBe(
        "1 Absagen von Kordless werktags vor 09:00 : dringend, mit dem Ton Glocke",
      ),
    );
  });
});
