import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { open, words } from "./support/open";

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
});
