import { parseDate } from "@internationalized/date";
import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { Overview } from "../src/bindings/types";
import { byHour, byLead, byTime } from "../src/overview/pictures";
import { open } from "./support/open";

const counts: Overview = {
  days: [
    { date: "2026-11-01", provider: "bookora", created: 2, rescheduled: 0, cancelled: 1 },
    { date: "2026-11-03", provider: "webkasa", created: 1, rescheduled: 1, cancelled: 0 },
  ],
  leadDays: [0, 1, 3, 7],
  lead: [1, 2, 3, 4, 5],
  hours: Array.from({ length: 24 }, (_, hour) => (hour === 6 ? 1 : 0)),
  created: 3,
  cancelled: 1,
};
const span = (from: string, to: string) => ({ from: parseDate(from), to: parseDate(to) });

describe("the pictures", () => {
  it("have every day, also those without anything", () => {
    const picture = byTime(counts, "created", span("2026-11-01", "2026-11-04"), "en-GB", (one) => one);
    expect(picture.labels).toEqual(["1 Nov", "2 Nov", "3 Nov", "4 Nov"]);
    expect(picture.series).toEqual([
      { name: "bookora", values: [2, 0, 0, 0] },
      { name: "webkasa", values: [0, 0, 1, 0] },
    ]);
  });

  it("go by the week where there are many days", () => {
    const picture = byTime(counts, "created", span("2026-09-01", "2026-11-05"), "en-GB", (one) => one);
    expect(picture.what).toBe("Week from");
    expect(picture.labels.at(-1)).toBe("2 Nov");
    expect(picture.series[0]!.values.at(-2)).toBe(2);
    expect(picture.series[1]!.values.at(-1)).toBe(1);
  });

  it("name each lead time and each hour that is used", () => {
    expect(byLead(counts).labels).toEqual(["Same day", "1 day", "2–3 days", "4–7 days", "Over 7 days"]);
    expect(byHour(counts, String).labels[0]).toBe("6");
    expect(byHour(counts, String).labels.at(-1)).toBe("18");
  });
});

describe("the overview", () => {
  it("counts, and tells the same as a table", async () => {
    const { backend, user } = open("#/overview");
    const figures = await screen.findByText("New bookings", { selector: "dt" });
    const created = backend.world.entries.filter((entry) => entry.kind === "created").length;
    expect(figures.parentElement?.textContent).toContain(String(created));
    const table = await screen.findByRole("region", { name: "New bookings, as a table", hidden: true });
    const cells = within(table).getAllByRole("cell", { hidden: true });
    expect(cells.reduce((sum, cell) => sum + Number(cell.textContent), 0)).toBe(created);
    await user.click(screen.getByRole("button", { name: "A year" }));
    expect(location.hash).toBe("#/overview?days=365");
  });

  it("grows with what comes in", async () => {
    const { backend } = open("#/overview");
    const figures = await screen.findByText("New bookings", { selector: "dt" });
    const before = backend.world.entries.filter((entry) => entry.kind === "created").length;
    const [first] = backend.world.entries.filter((entry) => entry.kind === "created");
    backend.world.entries = [{ ...first!, eventId: "new" }, ...backend.world.entries];
    backend.changed({ timeline: true });
    await waitFor(() => expect(figures.parentElement?.textContent).toContain(String(before + 1)));
  });

  it("says what stands in the way of reading", async () => {
    open("#/overview", { world: "broken" });
    await screen.findByText("The overview could not be read");
  });
});
