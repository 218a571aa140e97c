import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { SettingsChange } from "../src/bindings/types";
import type { MemoryBackend } from "../src/backend/memory";
import { ownAddressFault } from "../src/settings/ownAddress";
import { tunnelWords } from "../src/shared/tunnel";
import { timeLeft } from "../src/shared/times";
import { hold, open, words } from "./support/open";

const way = (name: string) => screen.findByRole("radio", { name });
const status = () => words(screen.getByTestId("reach-status"));

/** What the window asks the program to save. */
function saved(backend: MemoryBackend): SettingsChange[] {
  const changes: SettingsChange[] = [];
  const save = backend.saveSettings.bind(backend);
  backend.saveSettings = (change) => (changes.push(change), save(change));
  return changes;
}

describe("the way to be reached", () => {
  it("is turned off and on, and nothing else is changed by that", async () => {
    const { user, backend } = open("#/settings");
    const before = await backend.settings();
    await user.click(await way("Not now"));
    await waitFor(() => expect(status()).toBe("Turned off"));
    expect(words(screen.getByTestId("tunnel-line"))).toBe("Turned off");
    expect(screen.queryByLabelText("Domain")).toBeNull();
    await user.click(await way("ngrok tunnel"));
    await waitFor(() => expect(status()).toMatch(/^Reachable since/));
    expect(await backend.settings()).toEqual(before);
  });

  it("is not in use before the program has a token for it", async () => {
    const { user, backend } = open("#/settings", { world: "empty" });
    const changes = saved(backend);
    await user.click(await way("ngrok tunnel"));
    await screen.findByText("Not in use yet: it starts when you save your authtoken.");
    expect(changes).toEqual([]);

    const field = screen.getByLabelText<HTMLInputElement>("ngrok authtoken");
    expect(field.type).toBe("password");
    await user.type(field, " 2abcDEF ");
    const tokens: (string | null)[] = [];
    const setNgrokToken = backend.setNgrokToken.bind(backend);
    backend.setNgrokToken = (token) => (tokens.push(token), setNgrokToken(token));
    await user.click(screen.getByRole("button", { name: "Save token and connect" }));
    await screen.findByText(/Saved in this computer’s keychain/);
    await waitFor(() => expect(status()).toMatch(/^Reachable since/));
    expect(tokens).toEqual(["2abcDEF"]);
    expect(changes.map((change) => change.reach)).toEqual(["ngrok"]);
    expect(screen.queryByText(/Not in use yet/)).toBeNull();
    expect(document.body.innerHTML).not.toContain("2abcDEF");
  });

  it("shows what comes of what was saved, also where the state is out of sight above", async () => {
    const { user, backend } = open("#/settings", { world: "empty" });
    const shown = vi.spyOn(Element.prototype, "scrollIntoView");
    await user.click(await way("ngrok tunnel"));
    backend.fail("setNgrokToken", { code: null, message: "This looks like an API key." });
    await user.type(await screen.findByLabelText("ngrok authtoken"), "ak_1");
    await user.click(screen.getByRole("button", { name: "Save token and connect" }));
    await screen.findByText("This looks like an API key.");
    expect(shown).not.toHaveBeenCalled();
    backend.fail("setNgrokToken", null);
    await user.click(screen.getByRole("button", { name: "Save token and connect" }));
    await waitFor(() => expect(shown.mock.contexts.at(-1)).toBe(screen.getByTestId("reach-status")));
    await user.type(screen.getByLabelText("Domain"), "salon.ngrok.app");
    await user.click(screen.getByRole("button", { name: "Save domain" }));
    await waitFor(() => expect(shown).toHaveBeenCalledTimes(2));
    shown.mockRestore();
  });

  it("says why a token was refused, and keeps the way as it was", async () => {
    const { user, backend } = open("#/settings", { world: "empty" });
    const changes = saved(backend);
    backend.fail("setNgrokToken", { code: null, message: "This looks like an API key." });
    await user.click(await way("ngrok tunnel"));
    await user.type(await screen.findByLabelText("ngrok authtoken"), "ak_1");
    await user.click(screen.getByRole("button", { name: "Save token and connect" }));
    await screen.findByText("This looks like an API key.");
    expect(changes).toEqual([]);
  });

  it("takes an own address, https and a host alone, and says where calls must be passed to", async () => {
    const { user, backend } = open("#/settings");
    const changes = saved(backend);
    await user.click(await way("My own public address"));
    const field = await screen.findByLabelText<HTMLInputElement>("Public address");
    expect(document.body.textContent).toContain("127.0.0.1:7311");
    expect(document.body.textContent).not.toContain("ngrok can see them");
    await user.type(field, "http://bookings.example.com");
    await user.click(screen.getByRole("button", { name: "Save and use this address" }));
    await screen.findByText(/It has to begin with https:\/\//);
    expect(changes).toEqual([]);
    await user.clear(field);
    await user.type(field, " https://bookings.example.com ");
    await user.click(screen.getByRole("button", { name: "Save and use this address" }));
    await waitFor(() => expect(status()).toContain("https://bookings.example.com"));
    expect(changes).toMatchObject([{ reach: "own_address", ownAddress: "https://bookings.example.com" }]);
    expect(changes[0]!.ngrokDomain).toBe("bluebell.ngrok.app");
  });

  it("offers to share an address that is online from somewhere else, and to stop sharing it", async () => {
    const { user, backend } = open("#/settings");
    const changes = saved(backend);
    await way("ngrok tunnel");
    expect(screen.queryByRole("button", { name: "Take over by sharing" })).toBeNull();
    const at = new Date().toISOString();
    const cause = "The address is online from somewhere else.";
    backend.setTunnel({ state: "reconnecting", since: at, code: "ERR_NGROK_334", cause, nextTry: null });
    await user.click(await screen.findByRole("button", { name: "Take over by sharing" }));
    await waitFor(() => expect(changes.map((change) => change.ngrokPooling)).toEqual([true]));
    await user.click(await screen.findByRole("button", { name: "Stop sharing" }));
    await waitFor(() => expect(changes.map((change) => change.ngrokPooling)).toEqual([true, false]));
    expect(screen.queryByRole("button", { name: "Stop sharing" })).toBeNull();
  });

  it("goes back to what is in use when the change cannot be saved", async () => {
    const { user, backend } = open("#/settings");
    backend.fail("saveSettings", { code: null, message: "The disk is full." });
    await user.click(await way("Not now"));
    await screen.findByText("The disk is full.");
    expect((await way("ngrok tunnel")).getAttribute("aria-checked")).toBe("true");
    expect(screen.getByLabelText("Domain")).toBeTruthy();
  });

  it("says what ngrok sees, what its warning page is, and what the check costs", async () => {
    open("#/settings");
    await way("ngrok tunnel");
    const said = words(document.body);
    expect(said).toContain("ngrok can see them, attendees’ names included");
    expect(said).toContain("a warning page of ngrok’s own first. That is normal");
    expect(said).toContain("about 4,500 of the 20,000 free requests a month at most");
  });
});

describe("the settings of the tunnel", () => {
  it("save the domain, and empty means none", async () => {
    const { user, backend } = open("#/settings");
    const field = await screen.findByLabelText("Domain");
    expect(screen.queryByRole("button", { name: "Save domain" })).toBeNull();
    await user.clear(field);
    await user.click(screen.getByRole("button", { name: "Save domain" }));
    await waitFor(async () => expect((await backend.settings()).ngrokDomain).toBeNull());
    expect((await backend.settings()).reach).toBe("ngrok");
  });

  it("show the domain that the first start has found, and never over what is being typed", async () => {
    const { user, backend } = open("#/settings");
    const field = await screen.findByLabelText<HTMLInputElement>("Domain");
    await backend.saveSettings({ ...(await backend.settings()), ngrokDomain: "found.ngrok.app" });
    backend.setTunnel({ state: "connecting" });
    await waitFor(() => expect(field.value).toBe("found.ngrok.app"));
    await user.clear(field);
    await user.type(field, "mine.ngr");
    backend.setTunnel({ state: "off" });
    await waitFor(() => expect(status()).toBe("Turned off"));
    expect(field.value).toBe("mine.ngr");
  });

  it("turn the check off, and say what is lost", async () => {
    const { user, backend } = open("#/settings");
    await user.click(await screen.findByRole("switch", { name: "Check that calls really arrive" }));
    await waitFor(async () => expect((await backend.settings()).probe).toBe(false));
    await screen.findByText(/Bellhop cannot notice when everything looks well and nothing arrives/);
    expect(status()).toMatch(/^Connected, not checked since/);
  });

  it("save what special networks need, all three at once", async () => {
    const { user, backend } = open("#/settings");
    const changes = saved(backend);
    await user.click(await screen.findByText("For special networks"));
    await user.type(screen.getByLabelText("ngrok server"), "tunnel.example.com:443");
    await user.type(screen.getByLabelText("Root certificates"), "host");
    await user.type(screen.getByLabelText("Proxy"), "socks5://10.0.0.1:1080");
    await user.click(screen.getByRole("button", { name: "Save network settings" }));
    await waitFor(() => expect(changes).toHaveLength(1));
    expect(changes[0]).toMatchObject({
      reach: "ngrok",
      ngrokServer: "tunnel.example.com:443",
      ngrokRootCas: "host",
      ngrokProxy: "socks5://10.0.0.1:1080",
      probe: true,
    });
  });

  it("leave a token of the environment alone", async () => {
    open("#/settings", { world: "refused" });
    await screen.findByText("NGROK_AUTHTOKEN");
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Replace" }).disabled).toBe(true);
    expect(screen.queryByRole("button", { name: "Remove" })).toBeNull();
    expect(screen.queryByLabelText("ngrok authtoken")).toBeNull();
  });
});

describe("a tunnel that does not stand", () => {
  it("says why and since when, counts down quietly, and tries at once when asked", async () => {
    const { user, backend } = open("#/settings", { world: "trouble" });
    await way("ngrok tunnel");
    await waitFor(() => expect(status()).toMatch(/^Not reachable since/));
    expect(status()).toContain("ngrok does not answer. It comes back by itself.");
    const countdown = screen.getByTestId("countdown");
    expect(words(countdown)).toMatch(/^Next try in 3\d s$/);
    expect(countdown.closest("[role=status], [role=alert], [aria-live]")).toBeNull();
    const tryNow = vi.spyOn(backend, "tryNow");
    const trying = hold(backend, "aMoment");
    await user.click(screen.getByRole("button", { name: "Try now" }));
    await screen.findByText("Trying now…");
    trying.end();
    expect(tryNow).toHaveBeenCalledOnce();
    await waitFor(() => expect(status()).toMatch(/^Reachable since .*https:\/\/quiet-otter\.ngrok\.app$/));
  });

  it("says what to do where trying alone does not help, with the code beside it", async () => {
    const { backend, user } = open("#/settings", { world: "refused" });
    await way("ngrok tunnel");
    await waitFor(() => expect(status()).toContain("Copy the present one from dashboard.ngrok.com"));
    expect(within(screen.getByTestId("reach-status")).getByText("ERR_NGROK_107")).toBeTruthy();
    expect(screen.queryByTestId("countdown")).toBeNull();
    const trying = hold(backend, "aMoment");
    await user.click(screen.getByRole("button", { name: "Try now" }));
    await waitFor(() => expect(status()).toBe("Connecting…"));
    trying.end();
    await waitFor(() => expect(status()).toContain("ERR_NGROK_107"));
  });

  it("says when it could not be tried", async () => {
    const { user, backend } = open("#/settings", { world: "trouble" });
    backend.fail("tryNow", { code: null, message: "The program is closing." });
    await user.click(await screen.findByRole("button", { name: "Try now" }));
    await screen.findByText("The program is closing.");
  });
});

describe("words about being reachable", () => {
  it("claim no more than was looked at", async () => {
    const { backend } = open();
    const settings = await backend.settings();
    const word = (change: object) => tunnelWords(backend.tunnel, { ...settings, ...change }).word;
    expect(word({ probe: true })).toBe("Reachable");
    expect(word({ probe: false })).toBe("Connected, not checked");
    expect(word({ probe: false, reach: "own_address" })).toBe("Not checked");
  });

  it("count down in seconds, then in minutes, and never below nothing", () => {
    expect([59_001, 60_000, 61_000, 1, 0, -5000, NaN].map(timeLeft)).toEqual([
      "1 min",
      "1 min",
      "1 min 1 s",
      "1 s",
      null,
      null,
      null,
    ]);
  });

  it.each([
    "https://a.example.com",
    " https://a.example.com/ ",
    "https://a.example.com:8443",
    "https://[::1]",
  ])("take %s as an own address", (typed) => expect(ownAddressFault(typed)).toBeNull());

  it.each([
    "",
    "a.example.com",
    "http://a.example.com",
    "https://",
    "https://a.example.com/hooks",
    "https://me@a.example.com",
    "https://a b",
  ])("say what is wrong with “%s”", (typed) => expect(ownAddressFault(typed)).toMatch(/\.$/));
});
