import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { MemoryBackend } from "../src/backend/memory";
import { open, words } from "./support/open";

const alarm = () => screen.queryByRole("region", { name: "Your public address has changed" });

async function card(id: string): Promise<HTMLElement> {
  const cards = await screen.findAllByTestId("endpoint-card");
  return cards.find((one) => one.dataset.endpointId === id)!;
}

/** The tunnel stands, under another address than two providers were given. */
async function moved(hash: string) {
  const opened = open(hash, { world: "trouble" });
  await opened.backend.tryNow();
  await waitFor(() => expect(words(screen.getByTestId("tunnel-line"))).toBe("Reachable"));
  return opened;
}

function callArrives(backend: MemoryBackend, endpoint: string) {
  backend.arrive({
    endpoint,
    title: "Haircut",
    attendee: { name: "Noor Haddad" },
    when: null,
    steps: [{ kind: "created", at: { minutesAgo: 0 } }],
  });
}

describe("an address that has changed", () => {
  it("is an alarm above the timeline that leads to the endpoints", async () => {
    const { user } = open("#/timeline", { world: "trouble" });
    await waitFor(() => expect(alarm()).toBeTruthy());
    expect(words(within(alarm()!).getByRole("alert"))).toBe(
      "Your public address has changed. 2 booking systems still call the old one.",
    );
    await user.click(within(alarm()!).getByRole("button", { name: "Open Endpoints" }));
    await screen.findByRole("heading", { name: "Endpoints", level: 1 });
    expect(alarm()).toBeTruthy();
    await screen.findByRole("link", { name: /a booking system calls an old address/ });
    await user.click(screen.getByRole("link", { name: "Settings" }));
    await waitFor(() => expect(alarm()).toBeNull());
  });

  it("is no alarm where none has", async () => {
    open("#/endpoints");
    await card("salon");
    expect(alarm()).toBeNull();
    expect(screen.queryByTestId("stale-address")).toBeNull();
  });

  it("leads to the first card that it is about", async () => {
    const { user } = await moved("#/endpoints");
    await user.click(within(alarm()!).getByRole("button", { name: "Show me" }));
    expect(document.activeElement?.textContent).toBe("WebKasa still calls your old address");
  });

  it("shows on each card the old one, the new one to copy, and where to paste it", async () => {
    const { user, backend } = await moved("#/endpoints");
    const salon = within(await card("salon")).getByTestId("stale-address");
    expect(words(salon)).toContain("https://bluebell.ngrok.app/hooks/wk_q3v8Zt1mD0s7Lr2f");
    expect(words(within(salon).getByTestId("copy-text"))).toBe(
      "https://quiet-otter.ngrok.app/hooks/wk_q3v8Zt1mD0s7Lr2f",
    );
    expect(words(salon)).toContain("Open the WebKasa dashboard and go to Webhooks.");
    await user.click(within(salon).getByRole("button", { name: /^Copy the public address/ }));
    expect(backend.copied).toEqual(["https://quiet-otter.ngrok.app/hooks/wk_q3v8Zt1mD0s7Lr2f"]);
    expect(within(await card("tutoring")).queryByTestId("stale-address")).toBeNull();
  });

  it("is over by itself, card by card, when calls arrive at the new one", async () => {
    const { backend } = await moved("#/endpoints");
    await card("salon");
    callArrives(backend, "salon");
    await waitFor(() => expect(words(alarm()!)).toContain("1 booking system still calls the old one."));
    expect(within(await card("salon")).queryByTestId("stale-address")).toBeNull();
    expect(within(await card("salon")).getByText(/How to set it up/)).toBeTruthy();
    callArrives(backend, "physio");
    await waitFor(() => expect(alarm()).toBeNull());
  });

  it("gives nothing to copy before there is a new one", async () => {
    open("#/endpoints", { world: "trouble" });
    const salon = within(await card("salon")).getByTestId("stale-address");
    expect(within(salon).queryByRole("button", { name: /^Copy/ })).toBeNull();
    expect(words(salon)).toContain("None at the moment");
  });
});
