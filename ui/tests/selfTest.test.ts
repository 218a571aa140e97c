import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { SelfTest } from "../src/bindings/types";
import { failedTest, passedTest } from "../src/backend/sample/selfTest";
import { hopTime, hopWords, notReached, provenBy } from "../src/endpoints/hops";
import { open, words } from "./support/open";

const button = (label: string) =>
  screen.findByRole<HTMLButtonElement>("button", { name: `Test the whole way to ${label}` });
const panel = (label: string) => screen.findByRole("region", { name: `Test of ${label}` });

describe("a test of the whole way", () => {
  it("is calm while it runs, and then shows each part with its time and what was proven", async () => {
    const { user, backend } = open("#/endpoints");
    let finish: (result: SelfTest) => void = () => {};
    const asked: string[] = [];
    backend.selfTest = (id) => (asked.push(id), new Promise((done) => (finish = done)));
    await user.click(await button("Salon front desk"));
    const shown = await panel("Salon front desk");
    expect(asked).toEqual(["salon"]);
    expect(shown.getAttribute("aria-busy")).toBe("true");
    expect(document.activeElement).toBe(shown);
    expect(words(within(shown).getByRole("status"))).toContain("A test call is on its way…");
    expect(within(shown).queryAllByRole("button")).toEqual([]);

    finish(passedTest);
    await within(shown).findByText(/The whole way works/);
    const hops = within(within(shown).getByRole("list")).getAllByTestId("hop");
    expect(hops.map((hop) => hop.dataset.outcome)).toEqual(Array(9).fill("passed"));
    expect(words(hops[0]!)).toBe("Finding the public address 11 ms");
    expect(words(hops[4]!)).toBe("Receiving the call under 1 ms");
    expect(words(shown)).toContain("your desktop took its notification");
    expect(words(shown)).toContain("Only WebKasa can show that it has this address and the same secret");
    expect(words(shown)).toContain("227 ms");
  });

  it("shows the advice where it failed, and that the rest was not reached", async () => {
    const { user, backend } = open("#/endpoints");
    backend.selfTestGoes = failedTest("verification", "The secret here is not the one it was signed with.");
    await user.click(await button("Studio rooms"));
    const shown = await panel("Studio rooms");
    await within(shown).findByText("The call did not come through");
    const failed = within(shown)
      .getAllByTestId("hop")
      .find((hop) => hop.dataset.outcome === "failed")!;
    expect(words(failed)).toBe(
      "Checking that it is genuine failed The secret here is not the one it was signed with.",
    );
    expect(within(shown).getAllByText("not reached")).toHaveLength(3);
    expect(words(shown)).not.toContain("works");
  });

  it("can be done again and put away, and the keyboard is where it began", async () => {
    const { user, backend } = open("#/endpoints");
    backend.selfTestGoes = failedTest("edge", "A firewall is in the way.");
    await user.click(await button("Tutoring"));
    const shown = await panel("Tutoring");
    await within(shown).findByText("A firewall is in the way.");
    backend.selfTestGoes = passedTest;
    await user.click(within(shown).getByRole("button", { name: "Test again" }));
    await within(shown).findByText(/The whole way works/);
    await user.click(within(shown).getByRole("button", { name: "Close" }));
    await waitFor(async () => expect(document.activeElement).toBe(await button("Tutoring")));
    expect(screen.queryByRole("region", { name: "Test of Tutoring" })).toBeNull();
  });

  it("says why it could not begin", async () => {
    const { user, backend } = open("#/endpoints");
    backend.fail("selfTest", { code: null, message: "The store is locked." });
    await user.click(await button("Tutoring"));
    const shown = await panel("Tutoring");
    await within(shown).findByText("The test could not begin");
    expect(words(shown)).toContain("The store is locked.");
    expect(within(shown).queryAllByTestId("hop")).toEqual([]);
  });

  it("is not offered without a public address or a needed secret, and says so", async () => {
    const { backend, user } = open("#/endpoints");
    const salon = await button("Salon front desk");
    expect(salon.disabled).toBe(false);
    backend.world.endpoints.find((one) => one.id === "evening")!.secrets = [];
    backend.changed({ endpoints: true });
    const evening = await button("Evening classes");
    await waitFor(() => expect(evening.disabled).toBe(true));
    expect(document.getElementById(evening.getAttribute("aria-describedby")!)!.textContent).toBe(
      "Needs its secret first",
    );
    backend.setTunnel({ state: "off" });
    await waitFor(() => expect(salon.disabled).toBe(true));
    expect(document.getElementById(salon.getAttribute("aria-describedby")!)!.textContent).toBe(
      "Needs a public address",
    );
    await user.click(salon);
    expect(screen.queryByRole("region", { name: /^Test of/ })).toBeNull();
  });
});

describe("the parts of the way", () => {
  it("are read as words, also one that is new", () => {
    expect(hopWords("commit")).toBe("Keeping it on the disk");
    expect(hopWords("second_look")).toBe("Second look");
  });

  it("have times that can be read", () => {
    expect([0.04, 0.99, 1, 86.5, 999.6, 1500, 12_340].map(hopTime)).toEqual([
      "under 1 ms",
      "under 1 ms",
      "1 ms",
      "87 ms",
      "1.0 s",
      "1.5 s",
      "12.3 s",
    ]);
  });

  it("after a failure are known not to have been reached, and none is claimed twice", () => {
    expect(notReached(failedTest("worker", ""))).toEqual(["notification"]);
    expect(notReached(failedTest("notification", ""))).toEqual([]);
    expect(notReached(passedTest)).toEqual([]);
    expect(notReached({ passed: false, hops: [] })).toEqual([]);
  });

  it("prove no notification that was not shown", () => {
    const skipped: SelfTest = {
      passed: true,
      hops: passedTest.hops.map((hop) =>
        hop.name === "notification" ? { ...hop, outcome: "skipped", milliseconds: null } : hop,
      ),
    };
    expect(provenBy(passedTest)).toContain("notification");
    expect(provenBy(skipped)).not.toContain("notification");
  });
});
