import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openWindow } from "./window.mjs";

describe("the window in a real browser", () => {
  let window;
  before(async () => (window = await openWindow()));
  after(() => window.close());

  const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");

  /** The first entry well inside the list, and where it stands. */
  const reading = (page) =>
    page.evaluate(() => {
      const edge = document.querySelector("[data-testid=timeline-scroller]").getBoundingClientRect().top;
      const rows = [...document.querySelectorAll("[data-testid=timeline-entry]")];
      const row = rows.find((one) => one.getBoundingClientRect().top >= edge + 40);
      return { id: row.dataset.eventId, top: row.getBoundingClientRect().top };
    });

  /** How far an entry strays from its place in any frame of the next milliseconds. */
  const strayed = (page, { id, top }, milliseconds) =>
    page.evaluate(
      async ([id, top, end]) => {
        let most = 0;
        for (const start = performance.now(); performance.now() - start < end;) {
          await new Promise(requestAnimationFrame);
          const row = document.querySelector(`[data-event-id="${id}"]`);
          most = Math.max(most, row ? Math.abs(row.getBoundingClientRect().top - top) : Infinity);
        }
        return most;
      },
      [id, top, milliseconds],
    );

  test("arrivals leave the reading position where it is, and the pill leads to them", async () => {
    const { page, complaints, close } = await window.page({ live: 1.2, world: "long" });
    const scroller = page.getByTestId("timeline-scroller");
    await scroller.evaluate((element) => element.scrollTo({ top: 1500 }));
    await page.waitForTimeout(300);
    assert.ok((await strayed(page, await reading(page), 4000)) < 0.5);
    await page.getByRole("button", { name: /^[2-9] new$/ }).waitFor();
    await page.getByRole("button", { name: / new$/ }).click();
    await page.waitForFunction(
      () => document.querySelector("[data-testid=timeline-scroller]").scrollTop === 0,
    );
    await page.waitForTimeout(200);
    const first = page.getByTestId("timeline-entry").first();
    assert.match(await first.getAttribute("data-event-id"), /^live-/);
    assert.deepEqual(complaints, []);
    await close();
  });

  test("an arrival at the top pushes the list down and is said aloud", async () => {
    const { page, close } = await window.page({ live: 1 });
    await page.getByText("Elif Kaya").first().waitFor();
    assert.match(await page.getByTestId("announcement").textContent(), /^New booking: Elif Kaya/);
    assert.equal(await page.getByRole("button", { name: / new$/ }).count(), 0);
    assert.equal(await page.getByTestId("timeline-scroller").evaluate((element) => element.scrollTop), 0);
    await close();
  });

  test("an arrival slides in by less than its padding, can be read all the while, and not where motion is unwanted", async () => {
    for (const reducedMotion of ["no-preference", "reduce"]) {
      const { page, close } = await window.page({ live: 1.5 });
      await page.emulateMedia({ reducedMotion });
      const seen = await page.evaluate(async () => {
        const row = () => document.querySelector('[data-event-id^="live-"]');
        while (!row()) await new Promise(requestAnimationFrame);
        const shifts = [];
        for (const start = performance.now(); performance.now() - start < 600;) {
          const { transform, opacity } = getComputedStyle(row());
          shifts.push({ y: new DOMMatrix(transform).m42, opacity });
          await new Promise(requestAnimationFrame);
        }
        return { shifts, padding: parseFloat(getComputedStyle(row()).paddingTop) };
      });
      const ys = seen.shifts.map(({ y }) => y);
      assert.ok(seen.shifts.every(({ opacity }) => opacity === "1"));
      assert.ok(
        ys.every((y) => Math.abs(y) < seen.padding),
        `${ys}`,
      );
      assert.equal(ys.at(-1), 0);
      assert.equal(
        ys.some((y) => y !== 0),
        reducedMotion === "no-preference",
        `${reducedMotion}: ${ys}`,
      );
      await close();
    }
  });

  test("what is opened later has its styles from the start, so that no row that arrives meanwhile is without a size", async () => {
    const { page, complaints, close } = await window.page();
    await page.getByTestId("timeline-entry").first().waitFor();
    const late = [];
    page.on("request", (request) => request.resourceType() === "stylesheet" && late.push(request.url()));
    for (const [hash, heading] of [
      ["#/digest", "Today"],
      ["#/calendar", "Calendar"],
      ["#/overview", "Overview"],
      ["#/welcome", "Welcome to Bellhop"],
    ]) {
      await page.evaluate((hash) => (location.hash = hash), hash);
      await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    }
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /^Find/ }).waitFor();
    assert.deepEqual(late, []);
    assert.deepEqual(complaints, []);
    await close();
  });

  test("three thousand entries scroll to the end with few rows in the page", async () => {
    const { page, complaints, close } = await window.page({ world: "long" });
    const scroller = page.getByTestId("timeline-scroller");
    let most = 0;
    for (let step = 0; step < 400; step += 1) {
      await scroller.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
      await page.waitForTimeout(40);
      most = Math.max(most, await page.getByTestId("timeline-entry").count());
      if (await page.getByText("That is everything.").isVisible()) break;
    }
    assert.ok(await page.getByText("That is everything.").isVisible());
    assert.ok(most < 60, `${most} rows at once`);
    assert.deepEqual(complaints, []);
    await close();
  });

  test("everything on the way to a booking and back works from the keyboard", async () => {
    const { page, close } = await window.page();
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to the content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Search");
    await page.getByRole("link", { name: "Tomás Ferreira" }).focus();
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), "Priya Raman");
    await page.keyboard.press("Enter");
    await page.getByTestId("story-step").first().waitFor();
    assert.equal(await page.evaluate(() => location.hash), "#/booking/3");
    await page.waitForFunction(() => document.activeElement?.tagName === "H2");
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => location.hash === "#/timeline");
    await page.waitForFunction(() => document.activeElement?.textContent?.trim() === "Priya Raman");
    await close();
  });

  test("focus can be seen on whatever has it", async () => {
    const { page, close } = await window.page({ hash: "#/endpoints" });
    for (let step = 0; step < 14; step += 1) {
      await page.keyboard.press("Tab");
      const shown = await page.evaluate(() => {
        const element = document.activeElement;
        const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        return ring(getComputedStyle(element)) || ring(getComputedStyle(element, "::after"))
          ? null
          : element.outerHTML;
      });
      assert.equal(shown, null);
    }
    await close();
  });

  test("back and forward walk through filters and screens", async () => {
    const { page, close } = await window.page();
    await page.getByRole("combobox", { name: /^Kind/ }).click();
    await page.getByRole("option", { name: "No-show" }).click();
    await page.waitForFunction(() => location.hash === "#/timeline?kind=no_show");
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === "Settings");
    await page.goBack();
    await page.getByRole("combobox", { name: "Kind: No-show" }).waitFor();
    assert.equal(await page.getByTestId("timeline-entry").count(), 1);
    await page.goBack();
    await page.getByRole("combobox", { name: "Kind: All kinds" }).waitFor();
    await page.goForward();
    await page.getByRole("combobox", { name: "Kind: No-show" }).waitFor();
    await close();
  });

  test("the list stands where it was left after another screen", async () => {
    const { page, close } = await window.page();
    await page.getByTestId("timeline-scroller").evaluate((element) => element.scrollTo({ top: 900 }));
    await page.waitForTimeout(300);
    const before = await reading(page);
    await page.getByRole("link", { name: /^Endpoints/ }).click();
    await page.getByTestId("endpoint-card").first().waitFor();
    await page.goBack();
    await page.getByTestId("timeline-entry").first().waitFor();
    await page.waitForTimeout(300);
    assert.equal((await reading(page)).id, before.id);
    await close();
  });

  test("copying says that it has copied", async () => {
    const { page, close } = await window.page({ hash: "#/endpoints" });
    await page.getByRole("button", { name: "Copy the public address of Salon front desk" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    await close();
  });

  test("the alarm about an old address leads to the card, past everything above it", async () => {
    const { page, complaints, close } = await window.page({ world: "trouble", size: [900, 650] });
    await page.getByRole("button", { name: "Open Endpoints" }).click();
    await page.getByRole("button", { name: "Show me" }).click();
    const heading = page.getByRole("heading", { name: "WebKasa still calls your old address" });
    await page.waitForFunction(() => document.activeElement?.tagName === "H3");
    const box = await heading.boundingBox();
    assert.ok(box.y > 0 && box.y + box.height < 650, JSON.stringify(box));
    assert.deepEqual(complaints, []);
    await close();
  });

  test("a test on the last card opens inside the window, and its line keeps its place when it ends", async () => {
    const { page, complaints, close } = await window.page({ hash: "#/endpoints", size: [900, 650] });
    const begin = page.getByRole("button", { name: "Test the whole way to Evening classes" });
    await begin.focus();
    await page.keyboard.press("Enter");
    const panel = page.getByRole("region", { name: "Test of Evening classes" });
    await panel.getByText("A test call is on its way…").waitFor();
    await panel.evaluate((box) => Promise.all(box.getAnimations().map((one) => one.finished)));
    const running = await panel.boundingBox();
    assert.ok(running.y >= 0 && running.y + running.height <= 650, JSON.stringify(running));
    await panel.getByText("The whole way works").waitFor();
    assert.equal((await panel.boundingBox()).y, running.y);
    assert.deepEqual(complaints, []);
    await close();
  });
});
