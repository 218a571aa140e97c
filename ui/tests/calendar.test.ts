import { screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { daysOf, firstWeekday, headingOf, hoursOf, queryOf, wallTimes } from "../src/calendar/days";
import { open } from "./support/open";

const berlin = "Europe/Berlin";

describe("the days of the calendar", () => {
  it("are a week from its first day on, as the locale counts", () => {
    const week = daysOf("week", "2026-11-21", "en-GB");
    expect([week.first.toString(), week.after.toString()]).toEqual(["2026-11-16", "2026-11-23"]);
    expect(daysOf("week", "2026-11-21", "en-US").first.toString()).toBe("2026-11-15");
    expect([firstWeekday("en-GB"), firstWeekday("en-US")]).toEqual([1, 0]);
    const heading = headingOf("day", daysOf("day", "2026-11-21", "en-GB"), "en-GB");
    expect(heading).toMatch(/^Saturday,? 21 November 2026$/);
  });

  it("begin at the midnight of the person's zone, also when the clock is changed", () => {
    expect(queryOf(daysOf("day", "2026-03-29", "en-GB"), berlin)).toEqual({
      from: "2026-03-28T23:00:00.000Z",
      until: "2026-03-29T22:00:00.000Z",
      firstDate: "2026-03-29",
      dateAfter: "2026-03-30",
    });
  });

  it("show what the clock on the wall says", () => {
    const times = { start: "2026-11-21T13:00:00Z", end: "2026-11-21T14:30:00Z", date: null };
    expect(wallTimes(times, berlin)).toEqual({
      start: "2026-11-21T14:00:00",
      end: "2026-11-21T15:30:00",
      allDay: false,
    });
    expect(wallTimes({ ...times, end: null }, berlin)?.end).toBe("2026-11-21T14:30:00");
    expect(wallTimes({ start: null, end: null, date: "2026-11-21" }, berlin)).toEqual({
      start: "2026-11-21",
      end: "2026-11-22",
      allDay: true,
    });
    expect(wallTimes({ start: null, end: null, date: null }, berlin)).toBeNull();
  });

  it("are drawn with every hour that is needed", () => {
    const at = (start: string, end: string) => ({ start, end, allDay: false });
    expect(hoursOf([])).toEqual({ from: "08:00", to: "19:00" });
    expect(hoursOf([at("2026-11-21T06:30:00", "2026-11-21T21:15:00")])).toEqual({
      from: "06:00",
      to: "22:00",
    });
    expect(hoursOf([at("2026-11-21T23:00:00", "2026-11-22T01:00:00")])).toEqual({
      from: "00:00",
      to: "24:00",
    });
  });
});

describe("the calendar", () => {
  it("shows the week, marks what overlaps, and leads to the booking", async () => {
    const { backend, user } = open("#/calendar");
    await screen.findAllByTestId("calendar-booking");
    const today = new Date();
    today.setHours(9, 0, 0, 0);
    const during = (minutes: number) => new Date(today.getTime() + minutes * 60_000).toISOString();
    const [first, second] = backend.world.entries.filter((entry) => entry.kind === "created");
    const moved = { kind: "created" as const, bookingStatus: "confirmed" as const, date: null };
    backend.world.entries = [
      { ...first!, ...moved, bookingId: "a", start: during(0), end: during(60) },
      { ...second!, ...moved, bookingId: "b", start: during(30), end: during(90) },
    ];
    backend.changed({ timeline: true });
    await waitFor(() => expect(screen.getAllByTestId("calendar-booking")).toHaveLength(2));
    screen.getByText("2 bookings are in each other’s way, and marked.");
    const [link] = screen.getAllByTestId("calendar-booking");
    expect(link!.getAttribute("aria-label")).toContain("another booking is in its way");
    await user.click(link!);
    expect(location.hash).toBe("#/booking/a");
  });

  it("leaves out what is cancelled when asked", async () => {
    const { backend, user } = open("#/calendar");
    const before = (await screen.findAllByTestId("calendar-booking")).length;
    await user.click(screen.getByLabelText("Cancelled too"));
    const gone = backend.world.entries.filter((entry) => entry.bookingStatus === "cancelled").length;
    expect(gone).toBeGreaterThan(0);
    await waitFor(() => expect(screen.getAllByTestId("calendar-booking").length).toBeLessThan(before));
  });

  it("turns its pages, and they are in the address", async () => {
    const { user } = open("#/calendar?span=day&day=2026-11-21");
    await screen.findByText(/Saturday,? 21 November 2026/);
    await user.click(screen.getByRole("button", { name: "Later" }));
    expect(location.hash).toBe("#/calendar?span=day&day=2026-11-22");
    await user.click(screen.getByRole("button", { name: "Week" }));
    expect(location.hash).toBe("#/calendar?day=2026-11-22");
    await user.click(screen.getByRole("button", { name: "Today" }));
    expect(location.hash).toBe("#/calendar");
  });

  it("says what stands in the way of reading", async () => {
    open("#/calendar", { world: "broken" });
    await screen.findByText("The calendar could not be read");
  });
});
