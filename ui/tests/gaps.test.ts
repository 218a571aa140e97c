import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { memoryBackend } from "../src/backend/memory";
import type { Gap } from "../src/bindings/types";
import { gapLength, gapTitle, timeToWait } from "../src/shared/gaps";
import { timelineItems } from "../src/timeline/items";
import { berlin, entries, open, words } from "./support/open";

const now = new Date("2026-11-19T15:12:00+01:00");

function gap(beganAt: string, endedAt: string | null): Gap {
  return { id: beganAt, cause: "tunnel", beganAt, endedAt, message: "", endpoints: [] };
}

describe("the place of a gap", () => {
  const [one] = memoryBackend({ now: () => now }).world.entries;
  const entriesAt = (...received: string[]) =>
    received.map((receivedAt) => ({ ...one!, eventId: receivedAt.slice(8, 16), receivedAt }));
  const order = (entries: string[], gaps: Gap[], whole: boolean) =>
    timelineItems(entriesAt(...entries), gaps, whole, berlin, now).map((item) =>
      item.is === "day" ? item.heading.split(" ")[0] : item.is === "gap" ? "gap" : item.key,
    );

  it("is above what came before its end, on the day of its end", () => {
    const night = gap("2026-11-18T17:00:00.5Z", "2026-11-19T07:00:00Z");
    expect(order(["2026-11-19T12:00:00Z", "2026-11-18T16:00:00Z"], [night], true)).toEqual([
      "Today",
      "19T12:00",
      "gap",
      "Yesterday",
      "18T16:00",
      "end",
    ]);
  });

  it("is the top while it goes on, with a day of its own if nothing came today", () => {
    const going = gap("2026-11-19T09:00:00Z", null);
    expect(order(["2026-11-18T16:00:00Z"], [going], true)).toEqual([
      "Today",
      "gap",
      "Yesterday",
      "18T16:00",
      "end",
    ]);
  });

  it("is not known before the entries around it are read", () => {
    const old = gap("2026-10-01T09:00:00Z", "2026-10-01T10:00:00Z");
    expect(order(["2026-11-19T12:00:00Z"], [old], false)).toEqual(["Today", "19T12:00", "end"]);
    expect(order(["2026-11-19T12:00:00Z"], [old], true)).toContain("gap");
    expect(order([], [old], true)).toEqual([]);
  });
});

describe("a gap in words", () => {
  it("names the days where there are two", () => {
    const title = (began: string, ended: string | null) => gapTitle(gap(began, ended), berlin, now);
    expect(title("2026-11-19T08:10:00Z", "2026-11-19T10:40:00Z").replace(/\s/g, "")).toBe(
      "Notreachable09:10–11:40",
    );
    expect(title("2026-11-18T17:00:00Z", "2026-11-19T07:00:00Z")).toBe(
      "Not reachable Yesterday, 18:00 to today, 08:00",
    );
    expect(title("2026-11-18T17:00:00Z", null)).toBe("Not reachable since yesterday, 18:00");
  });

  it("says how long it lasted and how long a provider may be awaited", () => {
    const [beganAt, endedAt] = ["2026-11-19T08:10:00Z", "2026-11-19T10:40:00Z"];
    expect(gapLength(gap(beganAt, endedAt), now)).toBe("2 h 30 min");
    expect(gapLength(gap("2026-11-19T14:00:00Z", null), now)).toBe("12 min");
    const affected = memoryBackend({ now: () => now }).gapsKept[0]!.endpoints[0]!;
    const left = (until: string | null, ended: string | null) =>
      timeToWait({ ...affected, until }, gap(beganAt, ended), now);
    expect(left("2026-11-20T10:46:00Z", null)).toBe("gives up in 20 h 34 min");
    expect(left("2026-11-19T14:42:00Z", endedAt)).toBe("tries for 30 min more");
    expect(left("2026-11-19T14:00:00Z", endedAt)).toBeNull();
    expect(left(null, endedAt)).toBeNull();
  });
});

describe("a gap in the timeline", () => {
  it("says when and why, and opens to what each provider does and what to check", async () => {
    const { user } = open();
    const [row] = await screen.findAllByTestId("gap");
    expect(row!.dataset.cause).toBe("asleep");
    expect(words(row!)).toMatch(
      /^Not reachable .+ The computer was asleep\. 1 still tries, 4 to check by hand/,
    );
    const more = await within(row!).findByRole("button", { expanded: false });
    more.focus();
    await user.keyboard("{Enter}");
    expect(more.getAttribute("aria-expanded")).toBe("true");
    const told = within(row!).getAllByTestId("gap-endpoint");
    expect(told.map((one) => one.dataset.outlook)).toEqual([
      "retrying",
      "unknown",
      "given_up",
      "unknown",
      "unknown",
    ]);
    expect(words(told[0]!)).toContain("tries for 30 min more");
    expect(words(told[2]!)).toContain("Open Bookora's calendar and compare the bookings");
    await user.keyboard("{Enter}");
    expect(within(row!).queryAllByTestId("gap-endpoint")).toEqual([]);
  });

  it("is hidden by a search and by filters", async () => {
    const { backend } = open("#/timeline?q=Tomás");
    await entries();
    expect(screen.queryAllByTestId("gap")).toEqual([]);
    expect(backend.gapsKept).toHaveLength(2);
  });

  it("appears when it begins and changes when it ends", async () => {
    const { backend } = open();
    await screen.findAllByTestId("gap");
    const began = { ...backend.gapsKept[0]!, id: "new", beganAt: new Date().toISOString(), endedAt: null };
    backend.gapsKept = [began, ...backend.gapsKept];
    backend.changed({ gaps: true });
    await screen.findByText("Goes on");
    backend.gapsKept = [{ ...began, endedAt: new Date().toISOString() }, ...backend.gapsKept.slice(1)];
    backend.changed({ gaps: true });
    await waitFor(() => expect(screen.queryByText("Goes on")).toBeNull());
    expect(screen.getAllByTestId("gap")[0]!.dataset.gapId).toBe("new");
  });
});

describe("a gap on the card of an endpoint", () => {
  const note = async (label: RegExp) => {
    const card = (await screen.findAllByTestId("endpoint-card")).find((one) => label.test(words(one)))!;
    return within(card).queryByTestId("endpoint-gap");
  };

  it("says what its provider does while something is to be waited for or checked", async () => {
    open("#/endpoints", { world: "trouble" });
    await waitFor(async () => expect(await note(/Salon/)).not.toBeNull());
    const webkasa = words((await note(/Salon/))!);
    expect(webkasa).toMatch(
      /Not reachable since .+\. WebKasa gives up in 26 h 2\d min\. WebKasa keeps trying/,
    );
    expect(words((await note(/Physio/))!)).toContain("compare the bookings");
  });

  it("says nothing of an endpoint that was added later", async () => {
    open("#/endpoints");
    await waitFor(async () => expect(await note(/Physio/)).not.toBeNull());
    expect(await note(/Evening classes/)).toBeNull();
  });
});
