import { screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { berlin, entries, open, quick } from "./support/open";

const kindsShown = async () => new Set((await entries()).map((entry) => entry.dataset.kind));

/** As the back button does: the address changes, then the window hears of it. */
function goTo(hash: string) {
  history.pushState(null, "", hash);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

describe("filters and the address", () => {
  it("reads the filter from the address", async () => {
    open("#/timeline?kind=cancelled&provider=kordless");
    const shown = await entries();
    expect(await kindsShown()).toEqual(new Set(["cancelled"]));
    expect(shown.every((entry) => entry.textContent?.includes("Kordless"))).toBe(true);
    expect(screen.getByRole("combobox", { name: "Kind: Cancelled" })).toBeTruthy();
    expect(await screen.findByRole("combobox", { name: "Provider: Kordless" })).toBeTruthy();
  });

  it("follows back and forward", async () => {
    open("#/timeline?kind=completed");
    await waitFor(async () => expect(await kindsShown()).toEqual(new Set(["completed"])));
    goTo("#/timeline?kind=no_show");
    await waitFor(async () => expect(await kindsShown()).toEqual(new Set(["no_show"])));
    goTo("#/timeline?q=Oskar");
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>("Search").value).toBe("Oskar"));
    goTo("#/timeline");
    await waitFor(async () => expect((await kindsShown()).size).toBe(8));
    expect(screen.getByLabelText<HTMLInputElement>("Search").value).toBe("");
  });

  it("writes a choice into the address", async () => {
    const { user } = open();
    await entries();
    screen.getByRole("combobox", { name: "Kind: All kinds" }).focus();
    await user.keyboard("{Enter}");
    await user.click(await screen.findByRole("option", { name: "Cancelled" }));
    await waitFor(() => expect(location.hash).toBe("#/timeline?kind=cancelled"));
    await waitFor(async () => expect(await kindsShown()).toEqual(new Set(["cancelled"])));
  });

  it("waits until the typing pauses, asks once, and leaves one step in the history", async () => {
    const { backend } = open();
    const user = quick();
    await entries();
    const asked: (string | null)[] = [];
    const timeline = backend.timeline.bind(backend);
    backend.timeline = (query) => {
      asked.push(query.search);
      return timeline(query);
    };
    const steps = history.length;
    await user.type(screen.getByLabelText("Search"), "amelia");
    expect(location.hash).toBe("#/timeline");
    await waitFor(() => expect(location.hash).toBe("#/timeline?q=amelia"));
    await user.type(screen.getByLabelText("Search"), " b");
    await waitFor(() => expect(location.hash).toBe("#/timeline?q=amelia+b"));
    await waitFor(() => expect(asked).toEqual(["amelia", "amelia b"]));
    expect(history.length - steps).toBe(1);
  });

  it("says when nothing matches, and clears", async () => {
    const { user } = open("#/timeline?q=nobody-at-all");
    await screen.findByText("Nothing matches");
    await user.click(screen.getByRole("button", { name: "Show everything" }));
    await entries();
    expect(location.hash).toBe("#/timeline");
  });

  it("keeps the filter beside an open booking and after it is closed", async () => {
    const { user } = open("#/timeline?kind=cancelled");
    await entries();
    await user.click(screen.getByRole("link", { name: "Priya Raman" }));
    await screen.findByTestId("booking");
    expect(await kindsShown()).toEqual(new Set(["cancelled"]));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(location.hash).toBe("#/timeline?kind=cancelled"));
  });
});

describe("more filters", () => {
  const more = () => screen.getByRole("button", { name: /^More filters/ });
  const received = async () => (await entries()).map((entry) => entry.querySelector("time[title]")!);

  it("narrow to what is unread, counted on the button and in the address", async () => {
    const { user } = open();
    await entries();
    await user.click(more());
    await user.click(await screen.findByRole("checkbox", { name: "Unread only" }));
    await waitFor(() => expect(location.hash).toBe("#/timeline?unread=1"));
    await waitFor(async () => expect(await entries()).toHaveLength(4));
    expect(more().textContent).toContain("filters, 1 set");
    await user.click(screen.getByRole("button", { name: "Reset these" }));
    await waitFor(() => expect(location.hash).toBe("#/timeline"));
    expect(screen.getByRole<HTMLInputElement>("checkbox", { name: "Unread only" }).checked).toBe(false);
  });

  it("leave what is read while it is looked at, until asked anew", async () => {
    const { user, backend } = open("#/timeline?unread=1");
    await user.click(await screen.findByRole("link", { name: "Tomás Ferreira" }));
    await screen.findByTestId("booking");
    await waitFor(() =>
      expect(backend.world.entries.some((entry) => entry.bookingId === "2" && entry.unread)).toBe(false),
    );
    backend.arriveNext();
    await screen.findAllByText("Elif Kaya");
    expect(await entries()).toHaveLength(5);
    goTo("#/timeline");
    await waitFor(async () => expect((await entries()).length).toBeGreaterThan(5));
    goTo("#/timeline?unread=1");
    await waitFor(async () => expect(await entries()).toHaveLength(4));
  });

  it("narrow to one endpoint", async () => {
    const { user } = open();
    await entries();
    await user.click(more());
    screen.getByRole("combobox", { name: "Endpoint: All endpoints" }).focus();
    await user.keyboard("{Enter}");
    await user.click(await screen.findByRole("option", { name: "Studio rooms" }));
    await waitFor(() => expect(location.hash).toBe("#/timeline?endpoint=studio"));
    await waitFor(async () =>
      expect((await entries()).every((entry) => entry.textContent?.includes("Studio rooms"))).toBe(true),
    );
  });

  it("narrow to days of arrival, as they begin and end here", async () => {
    const { user, backend } = open();
    await entries();
    const asked: (string | null)[][] = [];
    const timeline = backend.timeline.bind(backend);
    backend.timeline = (query) => {
      asked.push([query.since, query.until]);
      return timeline(query);
    };
    goTo("#/timeline?from=2026-10-25&to=2026-10-25");
    // The night on which the clocks go back: 25 hours.
    await waitFor(() =>
      expect(asked.at(-1)).toEqual(["2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"]),
    );
    goTo("#/timeline");
    await entries();
    await user.click(more());
    await user.click(await screen.findByRole("button", { name: "Yesterday" }));
    const yesterday = berlin.dayKey(new Date(Date.now() - 86_400_000));
    await waitFor(() => expect(location.hash).toBe(`#/timeline?from=${yesterday}&to=${yesterday}`));
    await waitFor(async () =>
      expect(
        new Set((await received()).map((time) => berlin.dayKey(time.getAttribute("datetime")!))),
      ).toEqual(new Set([yesterday])),
    );
    await user.click(screen.getByRole("button", { name: "Yesterday", pressed: true }));
    await waitFor(() => expect(location.hash).toBe("#/timeline"));
  });

  it("take a day that is typed, and keep the last day from coming before the first", async () => {
    const { user } = open("#/timeline?to=2026-11-10");
    await screen.findByRole("button", { name: "Clear" });
    await user.click(more());
    const day = (await screen.findAllByRole("spinbutton", { name: /^day/i }))[0]!;
    await user.click(day);
    await user.keyboard("12112026");
    await waitFor(() => expect(location.hash).toBe("#/timeline?from=2026-11-12&to=2026-11-12"));
  });
});
