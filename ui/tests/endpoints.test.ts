import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { open, words } from "./support/open";

async function card(id: string): Promise<HTMLElement> {
  const cards = await screen.findAllByTestId("endpoint-card");
  return cards.find((one) => one.dataset.endpointId === id)!;
}

describe("endpoint cards", () => {
  it("copy the public address and say so", async () => {
    const { backend, user } = open("#/endpoints");
    const salon = await card("salon");
    await user.click(within(salon).getByRole("button", { name: /^Copy the public address/ }));
    expect(backend.copied).toEqual(["https://bluebell.ngrok.app/hooks/wk_q3v8Zt1mD0s7Lr2f"]);
    await within(salon).findByRole("button", { name: "Copied" });
  });

  it("say when copying failed", async () => {
    const { backend, user } = open("#/endpoints");
    backend.fail("copyAddress", { code: null, message: "No clipboard." });
    await user.click(within(await card("salon")).getByRole("button", { name: /^Copy the public address/ }));
    await screen.findByText("No clipboard.");
    expect(within(await card("salon")).queryByText("Copied")).toBeNull();
  });

  it("tell waiting, receiving and rejecting apart, and give the hint", async () => {
    open("#/endpoints");
    expect(words(await card("evening"))).toContain("Waiting for the first call");
    expect((await card("salon")).dataset.state).toBe("receiving");
    const tutoring = await card("tutoring");
    expect(tutoring.dataset.state).toBe("rejecting");
    expect(words(within(tutoring).getByRole("alert"))).toContain("Its signature does not match the secret.");
    expect(words(within(tutoring).getByRole("alert"))).toContain(
      "copy it again from Kordless's webhook settings.",
    );
  });

  it("are suspicious of a silence that is unusual for this endpoint, from its own past", async () => {
    const { backend } = open("#/endpoints");
    const salon = await card("salon");
    const endpoint = backend.world.endpoints.find((one) => one.id === "salon")!;
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
    endpoint.lastDeliveryAt = hours(-30);
    endpoint.silence = { usualHours: 8, unusualFrom: hours(2) };
    backend.changed({ endpoints: true });
    await waitFor(() => expect(words(salon)).toContain("Last call yesterday"));
    expect(salon.dataset.state).toBe("receiving");

    endpoint.silence = { usualHours: 8, unusualFrom: hours(-2) };
    backend.changed({ endpoints: true });
    await waitFor(() => expect(salon.dataset.state).toBe("silent"));
    expect(words(salon)).toContain("Silent for unusually long");
    expect(words(within(salon).getByTestId("silence"))).toContain(
      "Usually one comes at least every 8 hours.",
    );
    // Tutoring turns calls away, which is worse.
    expect(words(screen.getByRole("link", { name: /^Endpoints/ }))).toContain("an endpoint turns calls away");
    backend.world.endpoints = [endpoint];
    backend.changed({ endpoints: true });
    await screen.findByRole("link", { name: "Endpoints , an endpoint is silent for unusually long" });

    endpoint.lastDeliveryAt = hours(0);
    endpoint.silence = { usualHours: 8, unusualFrom: hours(72) };
    backend.changed({ endpoints: true });
    await waitFor(() => expect(salon.dataset.state).toBe("receiving"));
  });

  it("calm down once calls come through again", async () => {
    const { backend } = open("#/endpoints");
    await card("tutoring");
    backend.world.endpoints.find((one) => one.id === "tutoring")!.lastDeliveryAt = new Date().toISOString();
    backend.changed({ endpoints: true });
    await waitFor(async () => expect((await card("tutoring")).dataset.state).toBe("recovered"));
    expect(within(await card("tutoring")).queryByRole("alert")).toBeNull();
  });

  it("say when each secret was last used", async () => {
    open("#/endpoints");
    const secrets = within(await card("salon")).getAllByTestId("secret");
    expect(secrets.map((one) => words(one.querySelector<HTMLElement>(".used")!))).toEqual([
      "last used 9 days ago",
      "last used 4 minutes ago",
    ]);
  });

  it("add a secret without keeping it on the screen", async () => {
    const { user } = open("#/endpoints");
    const evening = await card("evening");
    await user.click(within(evening).getByRole("button", { name: "Add a secret to Evening classes" }));
    const field = await screen.findByLabelText<HTMLInputElement>("Webhook secret");
    expect(field.type).toBe("password");
    await user.type(field, "whsec_new");
    await user.click(screen.getByRole("button", { name: "Add secret" }));
    await waitFor(() => expect(within(evening).getAllByTestId("secret")).toHaveLength(2));
    expect(document.body.innerHTML).not.toContain("whsec_new");
  });

  it("warn before the only secret is retired", async () => {
    const { user, backend } = open("#/endpoints");
    await user.click(within(await card("evening")).getByRole("button", { name: /^Retire/ }));
    const question = await screen.findByRole("alertdialog");
    expect(words(question)).toContain("It is the only secret of Evening classes.");
    await user.click(within(question).getByRole("button", { name: "Retire secret" }));
    await waitFor(() =>
      expect(backend.world.endpoints.find((one) => one.id === "evening")!.secrets).toEqual([]),
    );
  });

  it("remove an endpoint only after the question", async () => {
    const { user, backend } = open("#/endpoints");
    await user.click(within(await card("studio")).getByRole("button", { name: "Remove Studio rooms" }));
    await user.click(await screen.findByRole("button", { name: "Keep it" }));
    expect(backend.world.endpoints.some((one) => one.id === "studio")).toBe(true);
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    await user.click(within(await card("studio")).getByRole("button", { name: "Remove Studio rooms" }));
    await user.click(await screen.findByRole("button", { name: "Remove endpoint" }));
    await waitFor(() => expect(backend.world.endpoints.some((one) => one.id === "studio")).toBe(false));
    await waitFor(async () => expect(await card("studio")).toBeUndefined());
  });

  it("list the calls that belong to no endpoint", async () => {
    open("#/endpoints");
    const list = await screen.findAllByTestId("rejection");
    expect(words(list[1]!)).toContain("No endpoint has this address");
  });
});

describe("no public address", () => {
  it.each([
    [{ state: "off" } as const, "Being reachable is turned off, so there is no public address to give out."],
    [{ state: "connecting" } as const, "The public address appears here as soon as Bellhop can be reached."],
    [
      { state: "failed", code: null, message: "The domain belongs to another account" } as const,
      "Not reachable: The domain belongs to another account.",
    ],
    [
      {
        state: "reconnecting",
        since: "2026-11-19T10:00:00Z",
        code: null,
        cause: "no network",
        nextTry: null,
      } as const,
      "Not reachable: no network. Trying again.",
    ],
  ])("is explained: %o", async (tunnel, said) => {
    const { backend } = open("#/endpoints");
    backend.setTunnel(tunnel);
    await waitFor(() => expect(words(screen.getByTestId("no-address"))).toContain(said));
  });
});

describe("a new endpoint", () => {
  it("leads from the provider to the address and the provider's own steps", async () => {
    const { user, backend } = open("#/endpoints/new");
    await user.click(await screen.findByRole("radio", { name: /WebKasa/ }));
    const add = screen.getByRole<HTMLButtonElement>("button", { name: "Add endpoint" });
    const label = screen.getByLabelText<HTMLInputElement>("Label");
    expect(label.value).toBe("WebKasa");
    await user.clear(label);
    expect(add.disabled).toBe(true);
    await user.type(label, "  Second chair ");
    await user.type(screen.getByLabelText("Webhook secret"), "whsec_1");
    await user.click(add);

    const result = await screen.findByTestId("endpoint-added");
    const added = backend.world.endpoints.at(-1)!;
    expect(added).toMatchObject({ provider: "webkasa", label: "Second chair", trust: "signed" });
    expect(words(within(result).getByTestId("copy-text"))).toBe(`https://bluebell.ngrok.app${added.path}`);
    expect(within(result).getAllByRole("listitem")).toHaveLength(4);
    expect(words(result)).toContain("Waiting for the first call");
    expect(document.body.innerHTML).not.toContain("whsec_1");

    await user.click(within(result).getByRole("link", { name: /WebKasa’s own instructions/ }));
    expect(backend.opened).toEqual(["https://www.webkasa.app/developers/guides/webhooks"]);
  });

  it("takes the secret afterwards where the provider shows it only for a known address", async () => {
    const { user, backend } = open("#/endpoints/new");
    await user.click(await screen.findByRole("radio", { name: /Bookora/ }));
    await user.click(screen.getByRole("button", { name: "Add endpoint" }));
    const result = await screen.findByTestId("endpoint-added");
    expect(backend.world.endpoints.at(-1)).toMatchObject({ label: "Bookora", secrets: [] });
    await user.type(within(result).getByLabelText("Webhook secret"), "whsec_later");
    await user.click(within(result).getByRole("button", { name: "Save secret" }));
    await waitFor(() => expect(within(result).queryByLabelText("Webhook secret")).toBeNull());
    expect(backend.world.endpoints.at(-1)!.secrets).toHaveLength(1);
    expect(document.body.innerHTML).not.toContain("whsec_later");
  });

  it("turns green when the first call arrives, or says why it was turned away", async () => {
    const { user, backend } = open("#/endpoints/new");
    await user.click(await screen.findByRole("radio", { name: /ReserveKit/ }));
    expect(screen.queryByLabelText(/secret/i, { selector: "input" })).toBeNull();
    await user.type(screen.getByLabelText("Label"), " C");
    await user.click(screen.getByRole("button", { name: "Add endpoint" }));
    await screen.findByTestId("endpoint-added");
    const added = backend.world.endpoints.at(-1)!;

    added.lastRejection = {
      id: "r",
      at: "2026-11-19T10:00:00Z",
      endpointId: added.id,
      reason: "signature_missing",
      hint: "Ask.",
    };
    backend.changed({ endpoints: true });
    await screen.findByText("A call came, but it was turned away.");
    added.lastRejection = null;
    added.lastDeliveryAt = "2026-11-19T10:01:00Z";
    backend.changed({ endpoints: true });
    await screen.findByText("The first call has arrived. It works.");
  });

  it("keeps what was typed when adding fails", async () => {
    const { user, backend } = open("#/endpoints/new");
    backend.fail("addEndpoint", { code: null, message: "The keychain is locked." });
    await user.click(await screen.findByRole("radio", { name: /Orufy/ }));
    await user.type(screen.getByLabelText("Label"), ", calls");
    await user.click(screen.getByRole("button", { name: "Add endpoint" }));
    expect(words(await screen.findByRole("alert"))).toContain("The keychain is locked.");
    expect(screen.getByLabelText<HTMLInputElement>("Label").value).toBe("Orufy Bookings, calls");
  });
});
