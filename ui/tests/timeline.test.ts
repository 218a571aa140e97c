import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { TimelineEntry } from "../src/bindings/types";
import { timelineItems } from "../src/timeline/items";
import { noticeOf } from "../src/timeline/notice";
import { memoryBackend } from "../src/backend/memory";
import { noFilter } from "../src/state/route";
import { TimelineFeed } from "../src/state/timeline.svelte";
import { berlin, entries, entryOf, hold, open, words } from "./support/open";

describe("grouping", () => {
  it("puts one heading before each day, newest first, by the person's calendar", () => {
    const now = new Date("2026-11-19T15:12:00+01:00");
    const [one] = memoryBackend({ now: () => now }).world.entries;
    const received = [
      "2026-11-19T13:00:00Z",
      "2026-11-18T23:30:00Z",
      "2026-11-18T22:30:00Z",
      "2025-12-31T12:00:00Z",
    ];
    const items = timelineItems(
      received.map((receivedAt, index) => ({ ...one!, eventId: String(index), receivedAt })),
      [],
      true,
      berlin,
      now,
    );
    expect(items.map((item) => (item.is === "day" ? item.heading.replace(",", "") : item.key))).toEqual([
      "Today",
      "0",
      "1",
      "Yesterday",
      "2",
      "Wednesday 31 December 2025",
      "3",
      "end",
    ]);
  });
});

describe("the order of the program", () => {
  it("is kept, and no two rows share a key, even when a day comes back", () => {
    const now = new Date("2026-11-19T15:12:00+01:00");
    const [one] = memoryBackend({ now: () => now }).world.entries;
    const received = ["2026-11-19T13:00:00Z", "2026-11-18T13:00:00Z", "2026-11-19T12:00:00Z"];
    const entries = received.map((receivedAt, index) => ({ ...one!, eventId: String(index), receivedAt }));
    const keys = timelineItems(entries, [], true, berlin, now).map((item) => item.key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => !key.startsWith("day"))).toEqual(["0", "1", "2", "end"]);
  });
});

describe("an entry", () => {
  it("says kind in a word, who, what, when, from where and how far it is trusted", async () => {
    open();
    const entry = await entryOf("Tomás Ferreira");
    expect(entry.dataset.kind).toBe("created");
    expect(words(entry)).toContain("New booking");
    expect(words(entry)).toContain("Tomorrow, 09:00–09:45");
    expect(words(entry)).toContain("First assessment");
    expect(words(entry)).toContain("Bookora · Physio practice");
    expect(words(entry)).toContain("Signed");
    expect(within(entry).getByRole("button", { name: /unread/i })).toBeTruthy();
  });

  it("shows a reschedule as old → new", async () => {
    open("#/timeline?kind=rescheduled&q=Amelia");
    const moved = within(await entryOf("Amelia Brandt")).getByTestId("moved-times");
    expect(within(moved).getAllByTestId("when")).toHaveLength(2);
    expect(words(moved)).toMatch(/^from \w+ \d+ \w+, 14:00–15:00 to \w+ \d+ \w+, 10:30–11:30$/);
    expect(words(moved.querySelector("s")!)).toContain("14:00–15:00");
  });

  it("moves a date alone as dates", async () => {
    open("#/timeline?kind=rescheduled&q=Quintet");
    const moved = within(await entryOf(/Brass Quintet/)).getByTestId("moved-times");
    expect(words(moved)).not.toMatch(/\d:\d\d/);
    expect(within(moved).getAllByTestId("when")).toHaveLength(2);
  });

  it("says so when the old time is not known", async () => {
    const { backend } = open("#/settings");
    const moved = backend.world.entries.find((entry) => entry.kind === "rescheduled")!;
    Object.assign(moved, { previousStart: null, previousEnd: null });
    location.hash = "#/timeline";
    window.dispatchEvent(new Event("hashchange"));
    await screen.findByText("Old time not known");
  });

  it("shows the reason of a cancellation", async () => {
    open("#/timeline?kind=cancelled&q=Priya");
    expect(words(await entryOf("Priya Raman"))).toContain("Reason Priya has a fever");
  });

  it("shows what is late and what could not be used, in words", async () => {
    open("#/timeline?q=walk-in");
    const entry = await entryOf("walk-in-7f3a@example.com");
    expect(words(entry)).toContain("Late");
    expect(words(entry)).toContain("Problem: What is at /data/start_time is not a moment in time.");
    expect(within(entry).queryByTestId("when")).toBeNull();
  });

  it("keeps text from outside as text, in its own direction", async () => {
    open();
    const markup = (await screen.findAllByText("<b>Robert</b> & Söhne GmbH"))[0]!;
    expect(markup.querySelector("b")).toBeNull();
    expect(screen.getAllByText("ليلى الحداد")[0]!.getAttribute("dir")).toBe("auto");
  });

  it("leads to its call when it is about no booking", async () => {
    const { user } = open("#/timeline?kind=other");
    const [entry] = await entries();
    expect(words(entry!)).toContain("WebKasa sent registration.created. Kept, nothing to do.");
    await user.click(within(entry!).getByRole("link", { name: "Not about a booking" }));
    const call = await screen.findByTestId("delivery-pane");
    await within(call).findByText(/Salon front desk/);
  });

  it("says how much notice was given, and when that was short", async () => {
    open("#/timeline?kind=cancelled");
    const cancelled = within(await entryOf("Oskar Nowak")).getByTestId("notice");
    expect(words(cancelled)).toBe("Cancelled 30 h before");
    expect(cancelled.classList).not.toContain("short");
    const inTime = within(await entryOf(/Robert/)).getByTestId("notice");
    expect(words(inTime)).toBe("Cancelled 7 days before");
  });

  it("says that a call came again, and how late one arrived", async () => {
    open("#/timeline?q=walk-in");
    const entry = await entryOf("walk-in-7f3a@example.com");
    expect(words(entry)).toContain("Arrived 5 h 12 min after it happened · Sent 3 times");
  });

  it("is marked as read by its mark", async () => {
    const { user, backend } = open();
    const entry = await entryOf("Tomás Ferreira");
    const id = entry.dataset.eventId!;
    await user.click(within(entry).getByRole("button", { name: /unread/i }));
    await waitFor(() => expect(within(entry).queryByRole("button", { name: /unread/i })).toBeNull());
    expect(backend.world.entries.find((one) => one.eventId === id)!.unread).toBe(false);
    await waitFor(() => expect(document.title).toBe("(3) Timeline – Bellhop"));
  });
});

describe("notice", () => {
  const [one] = memoryBackend().world.entries;
  const nothing = { start: null, end: null, date: null, previousStart: null, previousDate: null };
  const said = (entry: Partial<TimelineEntry>) =>
    noticeOf({ ...one!, ...nothing, occurredAt: "2026-11-19T10:00:00Z", ...entry }, berlin);

  it.each([
    [{ start: "2026-11-19T10:20:00Z" }, "Cancelled 20 min before", true],
    [{ start: "2026-11-20T09:40:00Z" }, "Cancelled 24 h before", true],
    [{ start: "2026-11-22T10:00:00Z" }, "Cancelled 3 days before", false],
    [{ start: "2026-11-19T09:00:00Z" }, "Cancelled after it had begun", true],
    [{ date: "2026-11-19" }, "Cancelled on the day itself", true],
    [{ date: "2026-11-20" }, "Cancelled the day before", false],
    [{ date: "2026-11-29" }, "Cancelled 10 days before", false],
    [{ date: "2026-11-18" }, "Cancelled after its day", true],
  ])("of a cancellation: %o", (entry, text, short) =>
    expect(said({ kind: "cancelled", ...entry })).toEqual({ text, short }),
  );

  it("of a move counts to the old time, and is not made up", () => {
    const moved = { kind: "rescheduled", start: "2026-12-24T10:00:00Z" } as const;
    expect(said({ ...moved, previousStart: "2026-11-19T12:00:00Z" })?.text).toBe("Moved 2 h before");
    expect(said(moved)).toBeNull();
    expect(said({ ...moved, previousDate: "2026-02-31" })).toBeNull();
    expect(said({ kind: "created", start: "2026-12-24T10:00:00Z" })).toBeNull();
  });
});

describe("live", () => {
  it("puts a new entry on top, marked to glow, and says it aloud", async () => {
    const { backend } = open();
    const before = (await entries()).length;
    const [arrived] = backend.arriveNext();
    await entryOf("Elif Kaya");
    const rows = await entries();
    expect(rows).toHaveLength(before + 1);
    expect(rows[0]!.dataset.eventId).toBe(arrived!.eventId);
    expect(rows[0]!.classList).toContain("fresh");
    expect(words(screen.getByTestId("announcement"))).toMatch(
      /^New booking: Elif Kaya, Neck and shoulder massage, Tomorrow/,
    );
    expect(screen.queryByRole("button", { name: /new$/ })).toBeNull();
  });

  it("counts what came while the reader was further down", async () => {
    const { backend, user } = open();
    await entries();
    const scroller = screen.getByTestId("timeline-scroller");
    scroller.scrollTop = 900;
    scroller.dispatchEvent(new Event("scroll"));
    backend.arriveNext();
    backend.arriveNext();
    const pill = await screen.findByRole("button", { name: "2 new" });
    await user.click(pill);
    expect(screen.queryByRole("button", { name: "2 new" })).toBeNull();
  });

  it("shows nothing that the filter leaves out", async () => {
    const { backend } = open("#/timeline?provider=orufy");
    const before = (await entries()).length;
    backend.arriveNext();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await entries()).toHaveLength(before);
    expect(words(screen.getByTestId("announcement"))).toBe("");
  });

  it("fills an empty timeline by itself", async () => {
    const { backend } = open("#/timeline", { world: "empty" });
    await screen.findByText("Welcome to Bellhop");
    const full = memoryBackend();
    backend.world = { ...full.world, entries: [] };
    backend.arriveNext();
    await entryOf("Elif Kaya");
  });
});

describe("states", () => {
  it("says what failed, and reads again on request", async () => {
    const { backend, user } = open("#/timeline", { world: "broken" });
    await screen.findByText("The timeline could not be read");
    expect(screen.getByRole("alert").textContent).toContain("disk I/O error");
    backend.fail("timeline", null);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await entryOf("Tomás Ferreira");
  });

  it("keeps what is on the screen when a later reading fails", async () => {
    const { backend } = open();
    const before = (await entries()).length;
    backend.fail("timeline", { code: null, message: "busy" });
    backend.arriveNext();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await entries()).toHaveLength(before);
    expect(screen.queryByText("The timeline could not be read")).toBeNull();
  });

  it("reads on by cursor to the last entry, each once", async () => {
    open("#/timeline", { world: "long" });
    await waitFor(async () => {
      const ids = (await entries()).map((entry) => entry.dataset.eventId);
      expect(ids.length).toBeGreaterThan(120);
      expect(new Set(ids).size).toBe(ids.length);
    });
  });
});

describe("answers in another order", () => {
  it("do not take back a booking that came while the first page was read", async () => {
    let timeline!: ReturnType<typeof hold>;
    const { backend } = open("#/timeline", {}, (backend) => (timeline = hold(backend, "timeline")));
    await timeline.has(1);
    const [arrived] = backend.arriveNext();
    await timeline.has(2);
    // The one that was asked for later, and knows more.
    await timeline.give(1);
    await timeline.give(0);
    expect((await entries())[0]!.dataset.eventId).toBe(arrived!.eventId);
  });

  it("leave no hole where more than a page came while the next one was read", async () => {
    const backend = memoryBackend({ world: "long" });
    const feed = new TimelineFeed(
      backend,
      () => "Europe/Berlin",
      () => "",
    );
    await feed.open(noFilter);
    const timeline = hold(backend, "timeline");
    const more = feed.loadMore();
    await timeline.has(1);
    for (let count = 0; count < 70; count += 1) backend.arriveNext();
    const refreshed = feed.refresh();
    await timeline.has(2);
    await timeline.give(1);
    await refreshed;
    await timeline.give(0);
    await more;
    const ids = backend.world.entries.map(({ eventId }) => eventId);
    expect(feed.entries.map(({ eventId }) => eventId)).toEqual(ids.slice(0, feed.entries.length));
  });
});
