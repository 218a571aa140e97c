import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { entries, hold, open, quick, words } from "./support/open";

describe("the page of today", () => {
  it("says what is today, what came in and what needs a look, each leading there", async () => {
    const { backend, user } = open("#/digest");
    const digest = await backend.digest();
    const today = await screen.findByTestId("digest-today");
    expect(within(today).getAllByTestId("today-booking")).toHaveLength(digest.today.length);
    const news = screen.getByTestId("digest-news");
    within(news).getByRole("link", { name: `${digest.created} new` });
    const missed = screen.getByTestId("digest-missed");
    within(missed).getByTestId("overlap-pair");
    await user.click(within(news).getByRole("link", { name: /new$/ }));
    expect(location.hash).toMatch(/^#\/timeline\?kind=created&from=\d{4}-\d\d-\d\d$/);
  });

  it("lets an overlap be accepted, and that be undone", async () => {
    const { user } = open("#/digest");
    await user.click(
      await screen.findByRole("button", { name: /^Accept the overlap of Tomás Ferreira and/ }),
    );
    await waitFor(() => expect(screen.queryByTestId("overlap-pair")).toBeNull());
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await screen.findByTestId("overlap-pair");
  });

  it("lists what was not shown, and why", async () => {
    const { backend, user } = open("#/digest", { world: "trouble" });
    const { notShown } = await backend.digest();
    const missed = await screen.findByTestId("digest-missed");
    within(missed).getByText(`${notShown.length} notifications were not shown`);
    const [first] = within(missed).getAllByTestId("not-shown");
    expect(words(first!)).toContain("Notifications were paused");
    await user.click(within(first!).getByRole("link"));
    expect(location.hash).toBe(`#/booking/${notShown[0]!.bookingId}`);
  });

  it("hears of what was not shown", async () => {
    const { backend } = open("#/digest");
    await screen.findByTestId("digest-today");
    expect(screen.queryByTestId("not-shown")).toBeNull();
    await backend.pauseNotifications("until_resumed");
    // What came is told of first, and held a moment later.
    backend.changed({ notices: true });
    await screen.findAllByTestId("not-shown");
  });

  it("is calm where there is nothing", async () => {
    open("#/digest", { world: "empty" });
    await screen.findByText("No bookings today");
    screen.getByText("Nothing came in.");
    expect(screen.queryByTestId("digest-missed")).toBeNull();
  });

  it("says why it cannot be read, and tries again", async () => {
    const { backend, user } = open("#/digest", { world: "broken" });
    await screen.findByText("Today could not be read");
    backend.fail("digest", null);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByTestId("digest-today");
  });

  it("is reached from the sidebar and by its keys", async () => {
    const { user } = open();
    await user.click(await screen.findByRole("link", { name: "Today" }));
    expect(location.hash).toBe("#/digest");
    await screen.findByTestId("digest-today");
    await user.click(screen.getByRole("link", { name: /^Timeline/ }));
    await entries();
    await quick().keyboard("gy");
    await waitFor(() => expect(location.hash).toBe("#/digest"));
  });
});

describe("the times of digests", () => {
  it("keep two choices that are made at once", async () => {
    const { backend, user } = open("#/settings/notifications");
    const days = await screen.findByRole("group", { name: "On these days" });
    const keeping = hold(backend, "setDigestSchedule");
    await user.click(within(days).getByRole("button", { name: "Sat" }));
    await user.click(within(days).getByRole("button", { name: "Sun" }));
    keeping.end();
    const weekdays = [true, true, true, true, true, false, false];
    await waitFor(async () => expect((await backend.digestSchedule()).weekdays).toEqual(weekdays));
  });

  it("are chosen in the settings: the hour, the days, and after a gap", async () => {
    const { backend, user } = open("#/settings/notifications");
    const settings = await screen.findByTestId("digest-settings");
    await user.click(within(settings).getByRole("combobox", { name: "At: 08:00" }));
    await user.click(await screen.findByRole("option", { name: "06:00" }));
    await user.click(within(settings).getByRole("button", { name: "Sun" }));
    await user.click(within(settings).getByRole("switch", { name: "After a gap" }));
    await user.click(within(settings).getByRole("switch", { name: "Also when there is nothing to say" }));
    await waitFor(async () =>
      expect(await backend.digestSchedule()).toEqual({
        morning: true,
        hour: 6,
        weekdays: [true, true, true, true, true, true, false],
        evenIfNothing: true,
        afterGap: false,
      }),
    );
    await user.click(within(settings).getByRole("switch", { name: "In the morning" }));
    await waitFor(() => expect(within(settings).queryByRole("combobox")).toBeNull());
  });
});
