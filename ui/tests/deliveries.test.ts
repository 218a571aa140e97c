import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { WholeDelivery } from "../src/bindings/types";
import { pretty, stepsOf, took } from "../src/deliveries/words";
import { berlin, open, words } from "./support/open";

async function rows(): Promise<HTMLElement[]> {
  return screen.findAllByTestId("delivery");
}

describe("the deliveries", () => {
  it("lists every call, newest first, and opens one", async () => {
    const { user, backend } = open("#/deliveries");
    const [first] = await rows();
    await user.click(first!);
    const newest = backend.world.entries[0]!;
    expect(location.hash).toBe(`#/delivery/${newest.deliveryId}`);
    const pane = await screen.findByTestId("delivery-pane");
    await within(pane).findByText("What it says");
    expect(words(within(pane).getByTestId("delivery-says"))).toContain(newest.attendee.name ?? "");
    expect(within(pane).getByTestId("delivery-body").textContent).toContain('\n  "event": ');
  });

  it("shows the body as it came when asked", async () => {
    const { user, backend } = open("#/deliveries");
    await user.click((await rows())[0]!);
    const whole = await backend.delivery(backend.world.entries[0]!.deliveryId);
    const pane = await screen.findByTestId("delivery-pane");
    await user.click(await within(pane).findByRole("button", { name: "As it came" }));
    expect(within(pane).getByTestId("delivery-body").textContent).toBe(whole.body);
  });

  it("narrows to problems, and the filter is in the address", async () => {
    const { user, backend } = open("#/deliveries");
    await rows();
    await user.click(screen.getByRole("button", { name: "With problems" }));
    expect(location.hash).toBe("#/deliveries?show=problems");
    const troubled = backend.world.entries.filter((entry) => entry.problems.length > 0);
    expect(troubled.length).toBeGreaterThan(0);
    await waitFor(async () => expect(await rows()).toHaveLength(troubled.length));
  });

  it("shows the calls that were turned away, also of one endpoint", async () => {
    const { backend } = open("#/deliveries?show=rejections");
    expect(await screen.findAllByTestId("rejection")).toHaveLength(backend.world.rejections.length);
    const { endpointId } = backend.world.rejections.find((rejection) => rejection.endpointId !== null)!;
    const its = backend.world.rejections.filter((rejection) => rejection.endpointId === endpointId);
    backend.navigate(`#/deliveries?show=rejections&endpoint=${endpointId}`);
    await waitFor(() => expect(screen.getAllByTestId("rejection")).toHaveLength(its.length));
  });

  it("reads a call again, and copies it as a command", async () => {
    const { user, backend } = open("#/delivery/delivery-1-1");
    const pane = await screen.findByTestId("delivery-pane");
    await user.click(await within(pane).findByRole("button", { name: "Read again" }));
    await screen.findByText("The call was read again");
    await user.click(within(pane).getByRole("button", { name: "Copy as curl" }));
    await waitFor(() => expect(backend.copied[0]).toMatch(/^curl -X POST/));
  });

  it("says when its content has been removed, and offers nothing that needs it", async () => {
    const { backend } = open("#/deliveries");
    const answer = await backend.delivery("delivery-1-1");
    backend.delivery = () =>
      Promise.resolve({ ...answer, erasedAt: "2026-11-20T10:00:00Z", body: "", bodySize: 0 });
    backend.navigate("#/delivery/delivery-1-1");
    const pane = await screen.findByTestId("delivery-pane");
    await within(pane).findByText(/What this call carried was removed/);
    expect(within(pane).queryByRole("button", { name: "Read again" })).toBeNull();
    expect(within(pane).queryByTestId("delivery-body")).toBeNull();
  });

  it("is reached from each step of a booking", async () => {
    const { user } = open("#/booking/1");
    const steps = await screen.findAllByTestId("story-step");
    await user.click(within(steps[2]!).getByRole("link", { name: "Show the call" }));
    expect(location.hash).toBe("#/delivery/delivery-1-3");
    await screen.findByTestId("delivery-pane");
  });

  it("says what stands in the way of reading, and can try again", async () => {
    const { backend, user } = open("#/deliveries", { world: "broken" });
    await screen.findByText("The calls could not be read");
    backend.fail("deliveries", null);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await rows();
  });
});

const whole = (change: Partial<WholeDelivery>): WholeDelivery => ({
  delivery: {
    id: "1",
    endpointId: "1",
    provider: "bookora",
    receivedAt: "2026-11-20T10:00:00Z",
    repeats: 0,
    trust: "signed",
    state: "processed",
    problems: [],
  },
  idempotencyKey: "k",
  workedAt: "2026-11-20T10:00:00.012Z",
  erasedAt: null,
  notice: null,
  query: null,
  caller: null,
  headers: [],
  body: "",
  bodyIsText: true,
  bodySize: 0,
  entries: [],
  ...change,
});

describe("the words of a call", () => {
  it("sets a body out without changing a value", () => {
    expect(pretty(whole({ body: '{"price":150.00,"id":12345678901234567890}' }))).toEqual({
      is: "json",
      text: '{\n  "price": 150.00,\n  "id": 12345678901234567890\n}',
    });
    const headers = [{ name: "content-type", value: "application/x-www-form-urlencoded; charset=utf-8" }];
    expect(pretty(whole({ headers, body: "a=1&b=x+y" }))).toEqual({
      is: "form",
      pairs: [
        ["a", "1"],
        ["b", "x y"],
      ],
    });
    expect(pretty(whole({ body: "hello" }))).toBeNull();
  });

  it("tells each step and how long it took", () => {
    const notice = {
      plannedAt: "2026-11-20T10:00:00.012Z",
      shownAt: "2026-11-20T10:00:01.512Z",
      notShown: null,
    };
    expect(stepsOf(whole({ notice }), berlin).map(({ word, took }) => [word, took])).toEqual([
      ["Checked and kept", null],
      ["Read", "12 ms"],
      ["Notified", "1.5 s"],
    ]);
    const held = { ...notice, shownAt: null, notShown: "paused" as const };
    expect(stepsOf(whole({ notice: held }), berlin)[2]?.word).toContain("paused");
    expect(stepsOf(whole({ workedAt: null }), berlin)[1]?.word).toBe("Waits to be read");
  });

  it("rounds a time as a person would", () => {
    expect(took("2026-11-20T10:00:00Z", "2026-11-20T10:45:00Z")).toBe("45 min");
    expect(took("2026-11-20T10:00:00Z", "2026-11-23T10:00:00Z")).toBe("3 days");
  });
});
