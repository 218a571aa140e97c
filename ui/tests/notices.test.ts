import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { open, words } from "./support/open";

const rows = () => screen.findAllByTestId("notice");

describe("the list of notifications", () => {
  it("says what was told, when it was shown and what was answered, newest first", async () => {
    const { backend } = open("#/notices");
    const told = await backend.notices({ unshown: false, before: null, limit: 2 });
    const [trouble, act] = await rows();
    expect(told.notices.map(({ kind }) => kind)).toEqual(["trouble", "rescheduled"]);
    expect(words(trouble!)).toContain("They do not fit the secret");
    expect(words(trouble!)).toContain("Closed ");
    expect(trouble!.getAttribute("href")).toBe("#/endpoints");
    expect(words(act!)).toContain(told.notices[1]!.title);
    expect(words(act!)).toContain("Shown ");
    expect(words(act!)).toContain("Opened ");
  });

  it("says for how long a reminder was put off", async () => {
    const { backend } = open("#/endpoints");
    const { notices } = await backend.notices({ unshown: false, before: null, limit: 1 });
    const reminder = { ...notices[0]!, answer: "snoozed_start" as const };
    vi.spyOn(backend, "notices").mockResolvedValue({ notices: [reminder], next: null });
    location.hash = "#/notices";
    const [row] = await rows();
    expect(words(row!)).toContain("Snoozed until the start ");
  });

  it("opens what a notification is about", async () => {
    const { user, backend } = open("#/notices");
    const all = await backend.notices({ unshown: false, before: null, limit: 60 });
    const booked = all.notices.find((notice) => notice.bookingId !== null)!;
    const row = (await rows()).find((one) => words(one).includes(booked.title))!;
    await user.click(row);
    await waitFor(() => expect(location.hash).toBe(`#/booking/${booked.bookingId}`));
  });

  it("lists those that nobody was shown, each with the reason", async () => {
    const { user } = open("#/notices");
    await rows();
    await user.click(screen.getByRole("button", { name: "Not shown" }));
    expect(location.hash).toBe("#/notices?show=unshown");
    await waitFor(async () => {
      for (const row of await rows()) expect(words(row)).toContain("Not shown");
    });
    const said = (await rows()).map(words).join("\n");
    expect(said).toContain("notifications were paused");
    expect(said).toContain("you had seen it before");
  });

  it("follows what is told and answered", async () => {
    const { backend } = open("#/notices");
    const before = (await rows()).map(words);
    const [arrived] = backend.arriveNext();
    await waitFor(async () => {
      const now = (await rows()).map(words);
      expect(now[0]).not.toBe(before[0]);
      expect(now[0]).toContain(arrived!.attendee.name ?? "");
    });
  });

  it("says what keeps the desktop from showing any, here and in the settings", async () => {
    const { backend, user } = open("#/notices", { world: "trouble" });
    await screen.findByText(/set to "do not disturb"/);
    await user.click(screen.getByRole("link", { name: "Notification settings" }));
    await screen.findByRole("button", { name: "All notifications so far" });
    await screen.findByText(/set to "do not disturb"/);
    // What was mended in the desktop's own settings is seen on the way back.
    backend.desktopGoes = { by: "Plasma", troubles: [] };
    window.dispatchEvent(new Event("focus"));
    await waitFor(() => expect(screen.queryByText(/set to "do not disturb"/)).toBeNull());
  });

  it("says when there is nothing yet", async () => {
    open("#/notices", { world: "empty" });
    await screen.findByText("Nothing was told yet");
  });

  it("says when it cannot be read, and reads again", async () => {
    const { backend, user } = open("#/notices", { world: "broken" });
    const failed = await screen.findByRole("alert");
    expect(words(failed)).toContain("The notifications could not be read");
    backend.fail("notices", null);
    await user.click(within(failed).getByRole("button", { name: "Try again" }));
    await rows();
  });
});

describe("a pause without an end", () => {
  it("lasts until the person resumes", async () => {
    const { user, backend } = open("#/settings/notifications");
    await user.click(await screen.findByRole("button", { name: "Until I resume" }));
    await screen.findByText("Paused until you resume");
    const banner = await screen.findByRole("region", { name: "Notifications are paused" });
    expect(words(banner)).toContain("until you resume them");
    expect(await backend.status()).toMatchObject({
      notificationsPaused: true,
      notificationsPausedUntil: null,
    });
    await user.click(within(banner).getByRole("button", { name: "Resume" }));
    await waitFor(() =>
      expect(screen.queryByRole("region", { name: "Notifications are paused" })).toBeNull(),
    );
  });
});
