import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { holdAnswers, openWindow, PATIENCE } from "./window.mjs";

describe("the window in a real browser", () => {
  let window;
  before(async () => (window = await openWindow()), PATIENCE);
  after(() => window.close(), PATIENCE);

  const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");

  /** In the page: the first entry well inside the list, and where it stands. Nothing, should that not be the wanted one. */
  const rowInside = (wanted) => {
    const edge = document.querySelector("[data-testid=timeline-scroller]").getBoundingClientRect().top;
    const rows = [...document.querySelectorAll("[data-testid=timeline-entry]")];
    const row = rows.find((one) => one.getBoundingClientRect().top >= edge + 40);
    if (!row || (wanted && row.dataset.eventId !== wanted)) return null;
    return { id: row.dataset.eventId, top: row.getBoundingClientRect().top };
  };

  /** Scrolls the list, waits until its rows have been measured and stand still, and says which one is read there. */
  async function readAt(page, top) {
    await page.getByTestId("timeline-scroller").evaluate((element, top) => element.scrollTo({ top }), top);
    for (let still = 0, before = null; ;) {
      const { id, top } = (await page.evaluate(rowInside)) ?? {};
      still = id !== undefined && id === before?.id && top === before.top ? still + 1 : 0;
      before = { id, top };
      if (still === 10) return before;
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
  }

  /** How far an entry strays from its place in any frame while so many more arrive above it. */
  const strayed = (page, { id, top }, arrivals) =>
    page.evaluate(
      async ([id, top, arrivals]) => {
        const pill = () =>
          [...document.querySelectorAll("button")].find((one) => / new$/.test(one.innerText));
        const above = () => Number.parseInt(pill()?.innerText.trim() ?? "0");
        let most = 0;
        for (const begin = above(); above() < begin + arrivals;) {
          await new Promise(requestAnimationFrame);
          const row = document.querySelector(`[data-event-id="${id}"]`);
          most = Math.max(most, row ? Math.abs(row.getBoundingClientRect().top - top) : Infinity);
        }
        return most;
      },
      [id, top, arrivals],
    );

  test("arrivals leave the reading position where it is, and the pill leads to them", PATIENCE, async () => {
    const { page, complaints, close } = await window.page({ live: 1.2, world: "long" });
    const row = await readAt(page, 1500);
    assert.ok((await strayed(page, row, 3)) < 0.5);
    await page.getByRole("button", { name: / new$/ }).click();
    await page.waitForFunction(() => {
      const first = document.querySelector("[data-testid=timeline-entry]");
      const { scrollTop } = document.querySelector("[data-testid=timeline-scroller]");
      return scrollTop === 0 && first?.dataset.eventId.startsWith("live-");
    });
    assert.deepEqual(complaints, []);
    await close();
  });

  test("an arrival at the top pushes the list down and is said aloud", PATIENCE, async () => {
    const { page, close } = await window.page({ live: 1 });
    // However many have come by now: it is the one on top that was said last.
    await page.waitForFunction(() => {
      const first = document.querySelector("[data-testid=timeline-entry]");
      const who = first?.querySelector("[data-entry-focus]").textContent.trim();
      const said = document.querySelector("[data-testid=announcement]").textContent;
      return first?.dataset.eventId.startsWith("live-") && said.startsWith(`New booking: ${who}`);
    });
    assert.equal(await page.getByRole("button", { name: / new$/ }).count(), 0);
    assert.equal(await page.getByTestId("timeline-scroller").evaluate((element) => element.scrollTop), 0);
    await close();
  });

  test(
    "an arrival slides in by less than its padding, can be read all the while, and not where motion is unwanted",
    PATIENCE,
    async () => {
      for (const reducedMotion of ["no-preference", "reduce"]) {
        const { page, close } = await window.page({ live: 1.5 });
        await page.emulateMedia({ reducedMotion });
        const seen = await page.evaluate(async () => {
          const rows = () => [...document.querySelectorAll('[data-event-id^="live-"]')];
          // What came while the page was opened may have slid already, or not at all.
          const known = new Set(rows().map((row) => row.dataset.eventId));
          const arrived = () => rows().find((row) => !known.has(row.dataset.eventId));
          const shifts = [];
          const look = (row) => {
            const { transform, opacity } = getComputedStyle(row);
            shifts.push({ y: new DOMMatrix(transform).m42, opacity });
          };
          // Where it begins is seen before its first picture: the slide may be over by the next one.
          const row = await new Promise((found) => {
            const watching = new MutationObserver(() => {
              const row = arrived();
              if (!row) return;
              watching.disconnect();
              look(row);
              found(row);
            });
            watching.observe(document.body, { childList: true, subtree: true });
          });
          const slides = () => row.getAnimations().some((one) => /slide$/.test(one.animationName));
          while (slides() || shifts.length < 20) {
            await new Promise(requestAnimationFrame);
            look(row);
          }
          return { shifts, padding: parseFloat(getComputedStyle(row).paddingTop) };
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
    },
  );

  test(
    "what is opened later has its styles from the start, so that no row that arrives meanwhile is without a size",
    PATIENCE,
    async () => {
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
    },
  );

  test("three thousand entries scroll to the end with few rows in the page", PATIENCE, async () => {
    const { page, complaints, close } = await window.page({ world: "long" });
    const scroller = page.getByTestId("timeline-scroller");
    const end = page.getByText("That is everything.");
    let most = 0;
    while (!(await end.isVisible())) {
      const height = await scroller.evaluate((element) => {
        element.scrollTo({ top: element.scrollHeight });
        return element.scrollHeight;
      });
      most = Math.max(most, await page.getByTestId("timeline-entry").count());
      // More has been read, or there is no more.
      await page.waitForFunction((height) => {
        const { scrollHeight, textContent } = document.querySelector("[data-testid=timeline-scroller]");
        return scrollHeight !== height || textContent.includes("That is everything.");
      }, height);
    }
    most = Math.max(most, await page.getByTestId("timeline-entry").count());
    assert.ok(most < 60, `${most} rows at once`);
    assert.deepEqual(complaints, []);
    await close();
  });

  test("everything on the way to a booking and back works from the keyboard", PATIENCE, async () => {
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

  test("focus can be seen on whatever has it", PATIENCE, async () => {
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

  test("back and forward walk through filters and screens", PATIENCE, async () => {
    const { page, close } = await window.page();
    await page.getByRole("combobox", { name: /^Kind/ }).click();
    await page.getByRole("option", { name: "No-show" }).click();
    await page.waitForFunction(() => location.hash === "#/timeline?kind=no_show");
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === "Settings");
    await page.goBack();
    await page.getByRole("combobox", { name: "Kind: No-show" }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=timeline-entry]").length === 1);
    await page.goBack();
    await page.getByRole("combobox", { name: "Kind: All kinds" }).waitFor();
    await page.goForward();
    await page.getByRole("combobox", { name: "Kind: No-show" }).waitFor();
    await close();
  });

  test("the list stands where it was left after another screen", PATIENCE, async () => {
    const { page, close } = await window.page();
    const { id } = await readAt(page, 900);
    await page.getByRole("link", { name: /^Endpoints/ }).click();
    await page.getByTestId("endpoint-card").first().waitFor();
    await page.goBack();
    await page.getByTestId("timeline-entry").first().waitFor();
    await page.waitForFunction(rowInside, id);
    await close();
  });

  test("copying says that it has copied", PATIENCE, async () => {
    const { page, close } = await window.page({ hash: "#/endpoints" });
    // It says so for a moment only: who looks afterwards may be late.
    await Promise.all([
      page.getByRole("button", { name: "Copied" }).waitFor(),
      page.getByRole("button", { name: "Copy the public address of Salon front desk" }).click(),
    ]);
    await close();
  });

  test("the alarm about an old address leads to the card, past everything above it", PATIENCE, async () => {
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

  test(
    "a test on the last card opens inside the window, and its line keeps its place when it ends",
    PATIENCE,
    async () => {
      const { page, complaints, close } = await window.page({ hash: "#/endpoints", size: [900, 650] });
      const answer = await holdAnswers(page);
      const begin = page.getByRole("button", { name: "Test the whole way to Evening classes" });
      await begin.focus();
      await page.keyboard.press("Enter");
      const panel = page.getByRole("region", { name: "Test of Evening classes" });
      await panel.getByText("A test call is on its way…").waitFor();
      await panel.evaluate((box) => Promise.all(box.getAnimations().map((one) => one.finished)));
      const running = await panel.boundingBox();
      assert.ok(running.y >= 0 && running.y + running.height <= 650, JSON.stringify(running));
      await answer();
      await panel.getByText("The whole way works").waitFor();
      assert.equal((await panel.boundingBox()).y, running.y);
      assert.deepEqual(complaints, []);
      await close();
    },
  );
});
