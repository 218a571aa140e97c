import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { entryOf, open, words } from "./support/open";

describe("bookings in each other's way", () => {
  it("are marked in the timeline, and lead to a booking that says which", async () => {
    const { user } = open();
    const marks = await screen.findAllByTestId("overlap-mark");
    expect(marks).toHaveLength(2);
    expect(words(marks[0]!)).toBe("Overlaps");
    await user.click(within(await entryOf("Tomás Ferreira")).getByText("Tomás Ferreira"));
    const said = await screen.findByTestId("booking-overlaps");
    within(said).getByText("Another booking is in its way");
    const other = within(said).getByTestId("booking-overlap");
    expect(words(other)).toContain("Both want the same time");
    expect(words(within(other).getByRole("link"))).toMatch(/^Maximiliane/);
  });

  it("are no longer marked once accepted, until that is taken back", async () => {
    const { user } = open("#/booking/2");
    await user.click(await screen.findByRole("button", { name: /^Accept the overlap with Maximiliane/ }));
    const said = await screen.findByTestId("booking-overlaps");
    await within(said).findByText("An overlap that you accepted");
    await waitFor(() => expect(screen.queryAllByTestId("overlap-mark")).toHaveLength(0));
    await user.click(within(said).getByRole("button", { name: /^Undo/ }));
    await within(said).findByText("Another booking is in its way");
    await waitFor(() => expect(screen.getAllByTestId("overlap-mark")).toHaveLength(2));
  });

  it("stay marked where accepting them fails, and it is said", async () => {
    const { backend, user } = open("#/booking/2");
    backend.fail("acceptOverlap", { code: null, message: "The disk is full." });
    await user.click(await screen.findByRole("button", { name: /^Accept the overlap with/ }));
    await screen.findByText("The disk is full.");
    screen.getByText("Another booking is in its way");
  });

  it("are also those that leave less room than the endpoint wants", async () => {
    const { backend, user } = open("#/endpoints");
    const card = (await screen.findAllByTestId("endpoint-card")).find(
      (card) => card.dataset["endpointId"] === "tutoring",
    )!;
    await user.click(
      within(card).getByRole("combobox", { name: /^Room between bookings of Tutoring: None/ }),
    );
    await user.click(await screen.findByRole("option", { name: "15 minutes" }));
    await within(card).findByRole("combobox", { name: /^Room between bookings of Tutoring: 15 minutes/ });
    expect(backend.world.endpoints.find(({ id }) => id === "tutoring")?.bufferMinutes).toBe(15);
    const [first] = backend.world.entries.filter((entry) => entry.kind === "created");
    const at = (minutes: number) => new Date(Date.now() + 86_400_000 * 20 + minutes * 60_000).toISOString();
    const made = { ...first!, bookingStatus: "confirmed" as const, date: null, endpointId: "tutoring" };
    backend.world.entries = [
      { ...made, bookingId: "a", start: at(0), end: at(60) },
      { ...made, eventId: "other", bookingId: "b", start: at(65), end: at(90) },
    ];
    location.hash = "#/booking/b";
    expect(words(await screen.findByTestId("booking-overlap"))).toContain("Only 5 minutes between them");
  });
});
