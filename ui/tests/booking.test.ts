import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import type { TimelineQuery } from "../src/bindings/types";
import { speak } from "../src/words/words.svelte";
import { entryOf, open, words } from "./support/open";

const everything: TimelineQuery = {
  limit: 99,
  before: null,
  kind: null,
  provider: null,
  endpointId: null,
  search: null,
  unread: false,
  since: null,
  until: null,
};

describe("a booking", () => {
  it("tells its life from the first event on", async () => {
    open("#/booking/1");
    const steps = await screen.findAllByTestId("story-step");
    expect(steps.map((step) => step.dataset.kind)).toEqual(["created", "confirmed", "rescheduled"]);
    expect(words(steps[2]!)).toMatch(/14:00–15:00 to .*10:30–11:30/);
    expect(words(screen.getByTestId("booking"))).toContain("amelia.brandt@example.com");
  });

  it("marks what is unread in it as read", async () => {
    const { backend } = open("#/booking/1");
    await waitFor(() =>
      expect(backend.world.entries.filter((entry) => entry.bookingId === "1" && entry.unread)).toHaveLength(
        0,
      ),
    );
  });

  it("shows a date alone without a time, and says why", async () => {
    open("#/booking/4");
    const when = await screen.findByTestId("booking-when");
    expect(words(when)).toContain("ReserveKit sends the date without a time.");
    expect(words(when)).not.toMatch(/\d:\d\d/);
  });

  it("shows the attendee's clock beside ours", async () => {
    open("#/booking/15");
    await waitFor(() =>
      expect(words(screen.getByTestId("booking-when"))).toMatch(/for the attendee \(Australia\/Sydney\)/),
    );
  });

  it("shows the reason and each late step", async () => {
    open("#/booking/17");
    const steps = await screen.findAllByTestId("story-step");
    expect(words(steps[1]!)).toContain("Late");
    expect(words(steps[1]!)).toContain("The call reached Bellhop");
  });

  it("says when it is not there any more", async () => {
    open("#/booking/no-such");
    const pane = await screen.findByTestId("booking");
    await within(pane).findByText("This booking is no longer there.");
  });

  it("grows while it is open", async () => {
    const { backend } = open("#/booking/2");
    await screen.findAllByTestId("story-step");
    const [first] = backend.world.entries.filter((entry) => entry.bookingId === "2");
    const later = {
      ...first!,
      eventId: "2-2",
      kind: "confirmed" as const,
      occurredAt: new Date().toISOString(),
    };
    backend.world.entries = [later, ...backend.world.entries];
    backend.changed({ timeline: true });
    await waitFor(() => expect(screen.getAllByTestId("story-step")).toHaveLength(2));
  });

  it("opens where the program asks for", async () => {
    const { backend } = open("#/settings");
    await screen.findByRole("heading", { name: "Settings" });
    backend.navigate("#/booking/3");
    expect(location.hash).toBe("#/booking/3");
    await screen.findAllByTestId("story-step");
  });

  it("says what each step changed", async () => {
    open("#/booking/13");
    const [, updated] = await screen.findAllByTestId("story-step");
    const changes = within(updated!).getByTestId("changes");
    expect([...changes.children].map((change) => words(change as HTMLElement))).toEqual([
      "What Back school, group of six was Back school, group of four",
      "Phone +49 30 5550 4471",
    ]);
  });

  it("says how much notice a move gave", async () => {
    open("#/booking/8");
    const [, moved] = await screen.findAllByTestId("story-step");
    expect(words(moved!)).toMatch(/Moved .+ before/);
  });

  it("shows each step on the attendee's clock too", async () => {
    open("#/booking/15");
    const [made] = await screen.findAllByTestId("story-step");
    expect(words(made!)).toMatch(/\d\d:30 for the attendee/);
  });
});

describe("what a person does with a booking", () => {
  it("is done with it, quietly shown in the timeline, until something new comes", async () => {
    const { user, backend } = open("#/booking/2");
    await user.click(await screen.findByRole("button", { name: "Mark as done" }));
    expect(words(await screen.findByTestId("booking-done"))).toMatch(/^Done \d\d:\d\d\./);
    const row = await entryOf("Tomás Ferreira");
    await within(row).findByTestId("entry-done");
    await user.click(screen.getByRole("button", { name: "Mark as not done" }));
    await waitFor(() => expect(screen.queryByTestId("booking-done")).toBeNull());
    await waitFor(() => expect(within(row).queryByTestId("entry-done")).toBeNull());
    backend.fail("setDone", { code: null, message: "The disk is full." });
    await user.click(screen.getByRole("button", { name: "Mark as done" }));
    await screen.findByText("The disk is full.");
    expect(screen.queryByTestId("booking-done")).toBeNull();
  });

  it("copies the details as lines of text, without the notes", async () => {
    const { user, backend } = open("#/booking/15");
    await user.click(await screen.findByRole("button", { name: "Copy details" }));
    await screen.findByText("Details copied");
    const lines = backend.copied.at(-1)!.split("\n");
    expect(lines[0]).toBe("Who: Kirra Walsh");
    expect(lines).toContain("What: Late call with Sydney");
    expect(lines).toContain("Email: kirra@example.com");
    expect(lines.find((line) => line.startsWith("For the attendee: "))).toMatch(/\(Australia\/Sydney\)$/);
    expect(lines.some((line) => line.startsWith("Phone"))).toBe(false);
  });

  it("opens a mail or a call at the address that is shown, and nothing that cannot be dialled", async () => {
    const { user, backend } = open("#/settings");
    const amelia = backend.world.entries.filter((entry) => entry.bookingId === "1");
    for (const entry of amelia) entry.attendee.email = "amelia?subject=x&bcc=y@example.com";
    location.hash = "#/booking/1";
    window.dispatchEvent(new Event("hashchange"));
    await user.click(await screen.findByRole("link", { name: "amelia?subject=x&bcc=y@example.com" }));
    await user.click(screen.getByRole("link", { name: "+49 30 5550 1834" }));
    expect(backend.opened).toEqual([
      "mailto:amelia%3Fsubject%3Dx%26bcc%3Dy@example.com",
      "tel:+493055501834",
    ]);
    for (const entry of amelia) entry.attendee.phone = "ask at the desk";
    backend.changed({ timeline: true });
    await waitFor(() => expect(screen.queryByRole("link", { name: "+49 30 5550 1834" })).toBeNull());
    expect(screen.queryByRole("link", { name: "ask at the desk" })).toBeNull();
    expect(screen.getByText("ask at the desk")).toBeTruthy();
  });

  it("reads its calls again, and says what could not be", async () => {
    const { user, backend } = open("#/booking/1");
    await user.click(await screen.findByRole("button", { name: "Read again" }));
    await screen.findByText("3 calls were read again");
    backend.replayBooking = async () => ({ read: 0, removed: 2 });
    await user.click(screen.getByRole("button", { name: "Read again" }));
    await screen.findByText("2 calls could not be read again: what they carried was removed.");
  });

  it("leads to the other bookings of the same person, newest first", async () => {
    const { user } = open("#/booking/1");
    const others = await screen.findAllByTestId("other-booking");
    expect(others.map((other) => words(other).replace(/^.* · /, ""))).toEqual([
      "WebKasa Completed",
      "ReserveKit Cancelled",
    ]);
    await user.click(within(others[0]!).getByRole("link"));
    await screen.findByRole("heading", { name: "Amelia Brandt", level: 2 });
    await waitFor(() => expect(location.hash).toBe("#/booking/19"));
    await waitFor(() => expect(screen.getAllByTestId("story-step")).toHaveLength(2));
  });
});

describe("notes", () => {
  it("are written, found, changed and deleted", async () => {
    const { user, backend } = open("#/booking/2");
    await screen.findByText("Only you see this. It stays on this computer.");
    await user.click(screen.getByRole("button", { name: "Add a note" }));
    const field = screen.getByRole("textbox", { name: "Write a note" });
    expect(document.activeElement).toBe(field);
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true);
    await user.type(field, "Brings <b>his</b> dog{Enter}and a friend{Control>}{Enter}{/Control}");
    const note = await screen.findByTestId("note");
    expect(words(note)).toContain("Brings <b>his</b> dog and a friend");
    const page = await backend.timeline({ ...everything, search: "friend" });
    expect(page.entries.map((entry) => entry.bookingId)).toEqual(["2"]);
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole("button", { name: "Add a note" })),
    );

    await user.click(within(note).getByRole("button", { name: /^Edit the note of/ }));
    const edited = screen.getByRole("textbox", { name: "Edit the note" });
    await user.clear(edited);
    await user.type(edited, "Comes alone");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(words(screen.getByTestId("note"))).toMatch(/^Comes alone.*changed/));

    await user.click(screen.getByRole("button", { name: /^Delete the note of/ }));
    const question = await screen.findByRole("alertdialog", { name: "Delete this note?" });
    expect(words(question)).toContain("Comes alone");
    await user.click(within(question).getByRole("button", { name: "Delete the note" }));
    await waitFor(() => expect(screen.queryByTestId("note")).toBeNull());
  });

  it("keep what is being written when saving fails, and Escape leaves the form alone", async () => {
    const { user, backend } = open("#/booking/2");
    await user.click(await screen.findByRole("button", { name: "Add a note" }));
    const field = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Write a note" });
    await user.type(field(), "Parking");
    backend.fail("addNote", { code: null, message: "The disk is full." });
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect((await screen.findByRole("alert")).textContent).toContain("The disk is full.");
    expect(field().value).toBe("Parking");
    // A change of the booking meanwhile.
    backend.changed({ timeline: true });
    await user.type(field(), " space");
    expect(field().value).toBe("Parking space");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("textbox", { name: "Write a note" })).toBeNull();
    expect(location.hash).toBe("#/booking/2");
  });

  it("are shown newest first", async () => {
    open("#/booking/1");
    const notes = await screen.findAllByTestId("note");
    expect(notes.map((note) => words(note).slice(0, 6))).toEqual(["Called", "Allerg"]);
  });
});

describe("in German", () => {
  afterEach(() => speak("en"));

  it("says the timeline and a booking in the person's words, also when the language changes meanwhile", async () => {
    open("#/booking/3");
    await screen.findByRole("button", { name: "Mark as done" });
    await speak("de");
    await screen.findByRole("button", { name: "Als erledigt markieren" });
    await screen.findByRole("heading", { name: "Was geschah" });
    expect(screen.getByRole("heading", { name: "Verlauf" })).toBeTruthy();
    expect(screen.getByRole("button", { name: "Weitere Filter" })).toBeTruthy();
    const cancelled = (await screen.findAllByTestId("story-step")).at(-1)!;
    expect(words(cancelled)).toMatch(/vorher abgesagt|Nach Beginn abgesagt/);
  });
});
