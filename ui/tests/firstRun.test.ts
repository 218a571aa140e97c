import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import type { MemoryBackend } from "../src/backend/memory";
import { speak } from "../src/words/words.svelte";
import { open, words } from "./support/open";

afterEach(() => speak("en"));

const onward = (name: string | RegExp) => screen.findByRole("button", { name });
const step = async () => (await screen.findByTestId("first-run")).dataset.step;
const state = () => screen.getByTestId("first-call").dataset.state;

/** To the step of the first call, with an endpoint of a provider that signs nothing. */
async function toFirstCall(): Promise<{ backend: MemoryBackend; user: ReturnType<typeof open>["user"] }> {
  const { backend, user } = open("#/timeline", { world: "first" });
  await user.click(await onward("Set it up"));
  await user.type(await screen.findByLabelText("ngrok authtoken"), "2abc");
  await user.click(screen.getByRole("button", { name: "Save token and connect" }));
  await user.click(await onward("Continue"));
  await user.click(await screen.findByRole("radio", { name: /ReserveKit/ }));
  await user.click(screen.getByRole("button", { name: "Add endpoint" }));
  await user.click(await onward("Continue"));
  await screen.findByTestId("first-call");
  return { backend, user };
}

describe("the first run", () => {
  it("shows itself at the first launch, and leads to the end", async () => {
    const { backend, user } = await toFirstCall();
    expect(state()).toBe("waiting");
    expect(backend.firstRunKept).toMatchObject({
      progress: "under_way",
      step: "call",
      endpointId: backend.world.endpoints[0]!.id,
    });

    backend.world.endpoints[0]!.lastDeliveryAt = new Date().toISOString();
    backend.changed({ endpoints: true });
    await screen.findByText("The first call has arrived. It works.");
    expect(state()).toBe("arrived");

    await user.click(await onward("Continue"));
    await user.click(await onward("Send a test notification"));
    expect(backend.tests).toBe(1);
    await user.click(await onward("Yes, I have seen it"));
    await screen.findByRole("heading", { name: "All set" });
    expect(backend.firstRunKept).toMatchObject({ progress: "over", step: "done" });
    await user.click(await onward("Open the timeline"));
    await screen.findByRole("heading", { name: "Timeline" });
    expect(screen.queryByTestId("setup-card")).toBeNull();
  });

  it("shows the address to copy, the provider's own steps, and takes the secret", async () => {
    const { backend, user } = open("#/timeline", { world: "first" });
    await user.click(await onward("Set it up"));
    await user.click(await onward("Continue without"));
    await user.click(await screen.findByRole("radio", { name: /WebKasa/ }));
    await user.click(screen.getByRole("button", { name: "Add endpoint" }));
    await screen.findByRole("heading", { name: "Paste the address in WebKasa" });
    expect(within(screen.getByRole("region", { name: "In WebKasa" })).getAllByRole("listitem")).toHaveLength(
      4,
    );
    backend.setTunnel({ state: "online", url: "https://otter.example", since: new Date().toISOString() });
    const address = `https://otter.example${backend.world.endpoints[0]!.path}`;
    await waitFor(() => expect(words(screen.getByTestId("copy-text"))).toBe(address));
    await user.click(screen.getByRole("button", { name: /^Copy the public address/ }));
    expect(backend.copied).toEqual([address]);

    await user.click(screen.getByRole("button", { name: "Continue" }));
    await waitFor(() => expect(state()).toBe("no-secret"));
    await user.type(screen.getByLabelText("Webhook secret"), "whsec_1");
    await user.click(screen.getByRole("button", { name: "Save secret" }));
    await waitFor(() => expect(state()).toBe("waiting"));
    expect(document.body.innerHTML).not.toContain("whsec_1");
  });

  it("says exactly what keeps the first call from arriving", async () => {
    const { backend, user } = await toFirstCall();
    const said = () => words(screen.getByTestId("first-call"));
    const endpoint = backend.world.endpoints[0]!;

    backend.setTunnel({ state: "failed", code: null, message: "The domain belongs to another account" });
    await waitFor(() => expect(state()).toBe("no-address"));
    expect(said()).toContain("The domain belongs to another account.");

    backend.setTunnel({ state: "online", url: "https://otter.example", since: new Date().toISOString() });
    await waitFor(() => expect(state()).toBe("waiting"));
    const later = new Date(Date.now() + 60_000).toISOString();
    const rejection = { id: "r", at: later, endpointId: null, reason: "unknown_endpoint", hint: "No such." };
    backend.world.rejections = [rejection];
    backend.changed({ endpoints: true });
    await waitFor(() => expect(state()).toBe("strayed"));
    expect(said()).toContain("whole address was pasted in ReserveKit");

    endpoint.lastRejection = {
      ...rejection,
      endpointId: endpoint.id,
      reason: "too_large",
      hint: "Ask ReserveKit.",
    };
    backend.changed({ endpoints: true });
    await waitFor(() => expect(state()).toBe("rejected"));
    expect(said()).toContain("It was too large for a booking. Ask ReserveKit.");

    await user.click(screen.getByRole("button", { name: "Test the whole way" }));
    await screen.findByText("The whole way works");
  });

  it("is left with a way back to the same step, and is not forced on anybody again", async () => {
    const { backend, user } = open("#/timeline", { world: "first" });
    await user.click(await onward("Set it up"));
    await user.click(await onward("Continue without"));
    await user.click(await onward("Set up later"));
    expect(backend.firstRunKept).toMatchObject({ progress: "left", step: "provider" });
    const card = await screen.findByTestId("setup-card");
    expect(words(card)).toContain("Step 3 of 6: Booking system");
    await user.click(within(card).getByRole("link"));
    await waitFor(async () => expect(await step()).toBe("provider"));
    expect(backend.firstRunKept).toMatchObject({ progress: "under_way" });
  });

  it("stays away where it was left, and its offer can be put away", async () => {
    const { backend, user } = open("#/timeline", { world: "empty" });
    const card = await screen.findByTestId("setup-card");
    expect(screen.queryByTestId("first-run")).toBeNull();
    await user.click(within(card).getByRole("button", { name: "Do not offer the set-up any more" }));
    await waitFor(() => expect(screen.queryByTestId("setup-card")).toBeNull());
    expect(backend.firstRunKept).toMatchObject({ progress: "over" });
  });

  it.each([
    ["where there are endpoints", "#/timeline", { world: "sample" }],
    ["in the demo", "#/timeline", { world: "first", demo: true }],
    ["over what was asked for", "#/endpoints", { world: "first" }],
  ] as const)("does not come %s", async (_, hash, options) => {
    open(hash, options);
    await screen.findByRole("heading", { level: 1 });
    await new Promise((settled) => setTimeout(settled));
    await waitFor(() => expect(screen.queryByTestId("first-run")).toBeNull());
  });

  it("offers the demo at every step, which stays apart from what is real", async () => {
    const { backend, user } = open("#/timeline", { world: "first" });
    await user.click(await onward("Set it up"));
    await user.click(await onward("Try it with a demo"));
    expect(backend.demos).toBe(1);
    await screen.findByText("The demo opens in a window of its own");
    expect(backend.world.entries).toEqual([]);
    await user.click(await onward("Try it with a demo"));
    await screen.findByText("The demo is open already, in a window of its own.");
  });

  it("says what to look at when no notification appears", async () => {
    const { backend, user } = open("#/welcome", {});
    backend.firstRunKept = { progress: "under_way", step: "notification", endpointId: null };
    await user.click(await onward("Set it up"));
    for (const name of ["Continue", "Continue", "Continue", "Continue"]) await user.click(await onward(name));
    backend.fail("testNotification", { code: null, message: "Nobody takes notifications here." });
    await user.click(await onward("Send a test notification"));
    await screen.findByText(/Nobody takes notifications here\./);
    backend.fail("testNotification", null);
    await user.click(await onward("Send a test notification"));
    await user.click(await onward("No"));
    await screen.findByText(/do not disturb/);
  });

  it("speaks German", async () => {
    const { user } = open("#/timeline", { world: "first", look: { language: "de" } });
    await screen.findByRole("heading", { name: "Willkommen bei Bellhop" });
    await user.click(await onward("Einrichten"));
    await user.click(await onward("Ohne weiter"));
    await user.click(await screen.findByRole("radio", { name: /Bookora/ }));
    await user.click(screen.getByRole("button", { name: "Endpunkt hinzufügen" }));
    await screen.findByRole("heading", { name: "Fügen Sie die Adresse in Bookora ein" });
  });

  it("goes on in the window when it cannot be remembered, and says so", async () => {
    const { backend, user } = open("#/timeline", { world: "first" });
    backend.fail("saveFirstRun", { code: null, message: "The disk is full." });
    await user.click(await onward("Set it up"));
    await screen.findByText("The disk is full.");
    expect(await step()).toBe("reach");
  });
});
