import { screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { entries, open } from "./support/open";

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
    const { user, backend } = open();
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
