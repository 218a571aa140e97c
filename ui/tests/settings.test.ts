import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { minutesUntilTomorrow } from "../src/settings/pause";
import { hold, open, words } from "./support/open";

describe("settings", () => {
  it("pause and resume notifications, with a banner meanwhile", async () => {
    const { user } = open("#/settings/notifications");
    await user.click(await screen.findByRole("button", { name: "30 minutes" }));
    const banner = await screen.findByRole("region", { name: "Notifications are paused" });
    expect(words(banner)).toMatch(/paused until .*\d\d:\d\d\. Bookings still arrive here\./);
    await user.click(screen.getAllByRole("button", { name: "Resume" })[0]!);
    await waitFor(() =>
      expect(screen.queryByRole("region", { name: "Notifications are paused" })).toBeNull(),
    );
  });

  it("say that notifications are resumed, though an answer from before comes late", async () => {
    const { backend, user } = open("#/settings/notifications", { world: "trouble" });
    const banner = await screen.findByLabelText("Notifications are paused");
    const status = hold(backend, "status");
    backend.changed({ status: true });
    await status.has(1);
    await user.click(within(banner).getByRole("button", { name: "Resume" }));
    await waitFor(() => expect(screen.queryByLabelText("Notifications are paused")).toBeNull());
    await status.give();
    expect(screen.queryByLabelText("Notifications are paused")).toBeNull();
  });

  it("send a test notification", async () => {
    const { user, backend } = open("#/settings/notifications");
    await user.click(await screen.findByRole("button", { name: "Send a test notification" }));
    await waitFor(() => expect(backend.tests).toBe(1));
  });

  it("lets tomorrow begin at eight, also across a change of clocks", () => {
    expect(minutesUntilTomorrow(new Date("2026-11-19T15:12:00+01:00"))).toBe(16 * 60 + 48);
    expect(minutesUntilTomorrow(new Date("2026-10-24T20:00:00+02:00"))).toBe(13 * 60);
  });
});

describe("the tunnel line", () => {
  it.each([
    [{ state: "connecting" } as const, "Connecting…"],
    [
      {
        state: "failed",
        code: "ERR_NGROK_334",
        message: "The address is already online elsewhere.",
      } as const,
      "Not reachable: The address is already online elsewhere.",
    ],
  ])("says %o in plain words", async (tunnel, said) => {
    const { backend } = open();
    backend.setTunnel(tunnel);
    await waitFor(() => expect(words(screen.getByTestId("tunnel-line"))).toBe(said));
  });

  it("says when nothing is set up", async () => {
    open("#/timeline", { world: "empty" });
    await waitFor(() => expect(words(screen.getByTestId("tunnel-line"))).toBe("Not set up"));
  });

  it("shows the demo badge in a demo only", async () => {
    open("#/settings", { demo: true });
    await screen.findByText("Demo");
  });
});
