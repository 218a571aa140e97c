import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { holdAnswers, openWindow, PATIENCE, shots } from "./window.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const sizes = [
  [1280, 800],
  [900, 650],
  [640, 700],
];

const click = (role, name) => (page) => page.getByRole(role, { name }).first().click();

async function newEndpoint(page) {
  await click("radio", /WebKasa/)(page);
  await page.getByLabel("Label").fill("Second chair");
  await page.getByLabel("Webhook secret").fill("whsec_sample");
}

/** The tunnel comes back, under an address that two booking systems do not have. */
async function moved(page) {
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await click("button", "Try now")(page);
  await page.getByTestId("reach-status").getByText("Reachable").waitFor();
  await page.getByRole("link", { name: /^Endpoints/ }).click();
  await page.getByText("New address").first().waitFor();
}

const testSalon = click("button", "Test the whole way to Salon front desk");

/** Through the first run, by what leads on from each step. */
const firstRun =
  (...onward) =>
  async (page) => {
    await page.getByTestId("first-run").waitFor();
    for (const name of ["Set it up", ...onward]) await click("button", name)(page);
  };

async function firstProvider(page) {
  await firstRun()(page);
  await page.getByLabel("ngrok authtoken").fill("2abc_sample");
  await click("button", "Save token and connect")(page);
  await page.getByTestId("reach-status").getByText("Reachable").waitFor();
  await click("button", "Continue")(page);
  await click("radio", /WebKasa/)(page);
}

async function firstPaste(page) {
  await firstProvider(page);
  await click("button", "Add endpoint")(page);
  await page.getByRole("heading", { name: "Back here" }).waitFor();
}

async function firstCall(page) {
  await firstPaste(page);
  await page.getByLabel("Webhook secret").fill("whsec_sample");
  await click("button", "Save secret")(page);
  await page.getByRole("heading", { name: "Back here" }).waitFor({ state: "detached" });
  await click("button", "Continue")(page);
  await page.getByText("Waiting for the first call").waitFor();
}

async function firstNotification(page) {
  await firstRun("Continue", "Continue", "Continue", "Continue")(page);
  await click("button", "Send a test notification")(page);
}

async function palette(page) {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: /^Find/ }).waitFor();
}

/** What is looked at: a place, and what is done there first. */
const screens = [
  { name: "timeline", hash: "#/timeline" },
  { name: "timeline-problems", hash: "#/timeline?q=walk" },
  { name: "timeline-kinds", hash: "#/timeline", first: click("combobox", /^Kind/) },
  // It stands at the top: in a list that is scrolled, the headings above are no longer in the page.
  { name: "timeline-gap", hash: "#/timeline", world: "trouble", first: click("button", /to check by hand/) },
  { name: "timeline-nothing", hash: "#/timeline?q=nobody" },
  { name: "timeline-more-filters", hash: "#/timeline", first: click("button", "More filters") },
  {
    name: "timeline-filtered",
    hash: "#/timeline?unread=1&from=2026-11-13&to=2026-11-19",
    first: click("button", /^More filters/),
  },
  { name: "timeline-changes", hash: "#/timeline?kind=cancelled" },
  { name: "booking", hash: "#/booking/1" },
  { name: "booking-note", hash: "#/booking/1", first: click("button", "Add a note") },
  { name: "booking-note-delete", hash: "#/booking/1", first: click("button", /^Delete the note/) },
  { name: "booking-done", hash: "#/booking/6" },
  {
    name: "booking-updated",
    hash: "#/booking/13",
    first: (page) => page.getByTestId("changes").scrollIntoViewIfNeeded(),
  },
  {
    name: "booking-others",
    hash: "#/booking/1",
    first: (page) => page.getByTestId("other-booking").last().scrollIntoViewIfNeeded(),
  },
  { name: "booking-far-away", hash: "#/booking/15" },
  { name: "booking-cancelled", hash: "#/booking/3" },
  { name: "booking-date-only", hash: "#/booking/12" },
  { name: "booking-rtl", hash: "#/booking/11" },
  { name: "booking-gone", hash: "#/booking/no-such" },
  { name: "booking-overlap", hash: "#/booking/2" },
  {
    name: "booking-overlap-accepted",
    hash: "#/booking/2",
    first: async (page) => {
      await click("button", /^Accept the overlap/)(page);
      await page.getByText("An overlap that you accepted").waitFor();
    },
  },
  { name: "today", hash: "#/digest" },
  { name: "today-missed", hash: "#/digest", world: "trouble" },
  { name: "empty-today", hash: "#/digest", world: "empty" },
  { name: "broken-today", hash: "#/digest", world: "broken" },
  { name: "calendar", hash: "#/calendar" },
  { name: "calendar-day", hash: "#/calendar?span=day" },
  { name: "empty-calendar", hash: "#/calendar", world: "empty" },
  { name: "broken-calendar", hash: "#/calendar", world: "broken" },
  { name: "overview", hash: "#/overview" },
  {
    name: "overview-table",
    hash: "#/overview?days=84",
    world: "long",
    first: async (page) => {
      await page.locator("summary").first().click();
    },
  },
  { name: "empty-overview", hash: "#/overview", world: "empty" },
  { name: "broken-overview", hash: "#/overview", world: "broken" },
  { name: "notices", hash: "#/notices" },
  { name: "notices-unshown", hash: "#/notices?show=unshown" },
  { name: "trouble-notices", hash: "#/notices", world: "trouble" },
  { name: "empty-notices", hash: "#/notices", world: "empty" },
  { name: "broken-notices", hash: "#/notices", world: "broken" },
  {
    name: "settings-notifications-open-pause",
    hash: "#/settings/notifications",
    world: "trouble",
    first: click("button", "Until I resume"),
  },
  { name: "deliveries", hash: "#/deliveries" },
  { name: "deliveries-problems", hash: "#/deliveries?show=problems" },
  { name: "deliveries-rejections", hash: "#/deliveries?show=rejections" },
  { name: "delivery", hash: "#/delivery/delivery-1-3" },
  { name: "delivery-gone", hash: "#/delivery/no-such" },
  { name: "empty-deliveries", hash: "#/deliveries", world: "empty" },
  { name: "broken-deliveries", hash: "#/deliveries", world: "broken" },
  { name: "endpoints", hash: "#/endpoints" },
  { name: "endpoint-setup", hash: "#/endpoints", first: (page) => page.locator("summary").first().click() },
  { name: "endpoint-new", hash: "#/endpoints/new", first: newEndpoint },
  {
    name: "endpoint-added",
    hash: "#/endpoints/new",
    first: async (page) => {
      await newEndpoint(page);
      await click("button", "Add endpoint")(page);
      await page.getByTestId("endpoint-added").waitFor();
    },
  },
  {
    name: "self-test-running",
    hash: "#/endpoints",
    first: async (page) => {
      // The answer never comes.
      await holdAnswers(page);
      await testSalon(page);
    },
  },
  {
    name: "self-test-passed",
    hash: "#/endpoints",
    first: async (page) => {
      await testSalon(page);
      await page.getByText("The whole way works").waitFor();
    },
  },
  {
    name: "self-test-failed",
    hash: "#/endpoints",
    world: "trouble",
    first: async (page) => {
      await moved(page);
      await testSalon(page);
      await page.getByText("The call did not come through").scrollIntoViewIfNeeded();
    },
  },
  { name: "secret-add", hash: "#/endpoints", first: click("button", "Add a secret to Tutoring") },
  { name: "secret-retire", hash: "#/endpoints", first: click("button", /^Retire the secret added 9 days/) },
  { name: "endpoint-remove", hash: "#/endpoints", first: click("button", "Remove Tutoring") },
  { name: "settings", hash: "#/settings" },
  { name: "settings-own", hash: "#/settings", first: click("radio", "My own public address") },
  {
    name: "settings-special",
    hash: "#/settings",
    first: async (page) => {
      await page.getByText("For special networks").click();
      await page.getByLabel("Proxy").fill("socks5://10.0.0.1:1080");
      await page.getByLabel("Proxy").scrollIntoViewIfNeeded();
    },
  },
  { name: "settings-notifications", hash: "#/settings/notifications", first: click("radio", "No names") },
  {
    name: "settings-sent",
    hash: "#/settings/notifications",
    first: click("button", "Send a test notification"),
  },
  { name: "settings-reminders", hash: "#/settings/reminders" },
  {
    name: "settings-reminder-rule",
    hash: "#/settings/reminders",
    first: async (page) => {
      await click("button", "Add a rule")(page);
      await click("button", "Save")(page);
      await page.getByRole("button", { name: "Save", exact: true }).scrollIntoViewIfNeeded();
    },
  },
  { name: "empty-settings-reminders", hash: "#/settings/reminders", world: "empty" },
  {
    name: "booking-reminders",
    hash: "#/booking/5",
    first: async (page) => {
      await click("combobox", /^When to remind you/)(page);
      await page.getByRole("option", { name: "30 minutes before" }).waitFor();
    },
  },
  { name: "settings-rules", hash: "#/settings/rules" },
  {
    name: "settings-rule",
    hash: "#/settings/rules",
    first: async (page) => {
      await click("button", "Edit rule 1")(page);
      await page.getByRole("button", { name: "Not shown", exact: true }).click();
      await click("button", "Mon")(page).catch(() => click("button", "Monday")(page));
      await page.getByRole("button", { name: "Any time", exact: true }).click();
      await page.getByText("would have been told differently").waitFor();
    },
  },
  {
    name: "settings-rule-new",
    hash: "#/settings/rules",
    first: async (page) => {
      await click("button", "Everything without a sound")(page);
      await page.getByText("would have been told differently").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "settings-quiet-hours",
    hash: "#/settings/rules",
    first: async (page) => {
      await click("button", "Nights and weekends quiet")(page);
      await page.getByText("would have been told differently").waitFor();
      await page.getByRole("button", { name: "Save quiet hours" }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: "settings-sounds",
    hash: "#/settings/rules",
    world: "trouble",
    first: (page) => page.getByRole("heading", { name: "Sounds" }).scrollIntoViewIfNeeded(),
  },
  { name: "trouble-rules", hash: "#/settings/rules", world: "trouble" },
  { name: "empty-rules", hash: "#/settings/rules", world: "empty" },
  { name: "broken-rules", hash: "#/settings/rules", world: "broken" },
  { name: "settings-general", hash: "#/settings/general" },
  { name: "settings-german", hash: "#/settings/general", look: { language: "de", clock: "h12" } },
  { name: "settings-german-data", hash: "#/settings/data", look: { language: "de" } },
  {
    name: "settings-german-notifications",
    hash: "#/settings/notifications",
    look: { language: "de", clock: "h12" },
  },
  { name: "settings-data", hash: "#/settings/data" },
  {
    name: "settings-backed-up",
    hash: "#/settings/data",
    first: async (page) => {
      await click("button", "Back up to a file…")(page);
      await page.getByText("Backup written and checked").scrollIntoViewIfNeeded();
    },
  },
  { name: "settings-restore", hash: "#/settings/data", first: click("button", "Choose a backup…") },
  {
    name: "settings-restored",
    hash: "#/settings/data",
    first: async (page) => {
      await click("button", "Choose a backup…")(page);
      await click("button", "Restore and restart")(page);
      await page.getByText("The backup is restored").waitFor();
    },
  },
  { name: "settings-people", hash: "#/settings/people" },
  {
    name: "settings-retention",
    hash: "#/settings/people",
    world: "long",
    first: async (page) => {
      await click("button", "30 days")(page);
      await page.getByText("This removes").waitFor();
    },
  },
  {
    name: "settings-person-found",
    hash: "#/settings/people",
    first: async (page) => {
      await page.getByLabel("Name, e-mail address or phone number").fill("a");
      await click("button", "Find")(page);
      await page.getByText("people found").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "settings-person",
    hash: "#/settings/people",
    first: async (page) => {
      await page.getByLabel("Name, e-mail address or phone number").fill("a");
      await click("button", "Find")(page);
      await click("button", /^See what is known of/)(page);
    },
  },
  { name: "settings-about", hash: "#/settings/about" },
  { name: "broken-settings-data", hash: "#/settings/data", world: "broken" },
  {
    name: "endpoint-silent",
    hash: "#/endpoints",
    world: "trouble",
    first: (page) => page.getByTestId("silence").scrollIntoViewIfNeeded(),
  },
  {
    name: "first-about",
    hash: "#/timeline",
    world: "first",
    first: (page) => page.getByTestId("first-run").waitFor(),
  },
  { name: "first-reach", hash: "#/timeline", world: "first", first: firstRun() },
  {
    name: "first-reach-own",
    hash: "#/timeline",
    world: "first",
    first: async (page) => {
      await firstRun()(page);
      await click("radio", "My own public address")(page);
    },
  },
  { name: "first-reach-online", hash: "#/welcome", first: firstRun() },
  { name: "first-provider", hash: "#/timeline", world: "first", first: firstProvider },
  { name: "first-provider-there", hash: "#/welcome", first: firstRun("Continue") },
  { name: "first-paste", hash: "#/timeline", world: "first", first: firstPaste },
  { name: "first-call", hash: "#/timeline", world: "first", first: firstCall },
  { name: "first-call-arrived", hash: "#/welcome", first: firstRun("Continue", "Continue", "Continue") },
  {
    name: "first-call-unreachable",
    hash: "#/timeline",
    world: "first",
    first: async (page) => {
      await firstRun("Continue without")(page);
      await click("radio", /ReserveKit/)(page);
      for (const name of ["Add endpoint", "Continue"]) await click("button", name)(page);
      await page.getByText("Nothing can arrive now").waitFor();
    },
  },
  { name: "first-notification", hash: "#/welcome", first: firstNotification },
  {
    name: "first-notification-none",
    hash: "#/welcome",
    first: async (page) => {
      await firstNotification(page);
      await page.getByRole("button", { name: "No", exact: true }).click();
    },
  },
  {
    name: "first-done",
    hash: "#/welcome",
    first: firstRun("Continue", "Continue", "Continue", "Continue", "Finish without"),
  },
  { name: "palette", hash: "#/timeline", first: palette },
  {
    name: "palette-search",
    hash: "#/timeline",
    first: async (page) => {
      await palette(page);
      await page.keyboard.type("an");
      await page.getByRole("group", { name: "Bookings" }).getByRole("option").first().waitFor();
    },
  },
  {
    name: "palette-nothing",
    hash: "#/timeline",
    first: async (page) => {
      await palette(page);
      await page.keyboard.type("zzqqzz");
      await page.getByText("Nothing matches").waitFor();
    },
  },
  {
    name: "keys",
    hash: "#/timeline",
    first: async (page) => {
      await page.keyboard.press("?");
      await page.getByTestId("key-list").waitFor();
    },
  },
  { name: "empty-timeline", hash: "#/timeline", world: "empty" },
  { name: "empty-endpoints", hash: "#/endpoints", world: "empty" },
  { name: "empty-settings", hash: "#/settings", world: "empty" },
  { name: "trouble-timeline", hash: "#/timeline", world: "trouble" },
  { name: "trouble-endpoints", hash: "#/endpoints", world: "trouble" },
  { name: "trouble-settings", hash: "#/settings", world: "trouble" },
  { name: "empty-settings-ngrok", hash: "#/settings", world: "empty", first: click("radio", "ngrok tunnel") },
  { name: "refused-settings", hash: "#/settings", world: "refused" },
  { name: "moved-endpoints", hash: "#/endpoints", world: "trouble", first: moved },
  { name: "broken-timeline", hash: "#/timeline", world: "broken" },
  { name: "broken-booking", hash: "#/booking/1", world: "broken" },
  { name: "broken-endpoints", hash: "#/endpoints", world: "broken" },
  { name: "broken-settings", hash: "#/settings", world: "broken" },
];

/** German words are longer: these screens are looked at in German too. */
const inGerman = [
  "timeline",
  "booking",
  "booking-cancelled",
  "calendar",
  "overview",
  "notices",
  "trouble-notices",
  "deliveries",
  "deliveries-problems",
  "deliveries-rejections",
  "delivery",
  "empty-deliveries",
  "endpoints",
  "endpoint-silent",
  "first-about",
  "keys",
  "settings",
  "settings-reminders",
  "settings-rules",
  "trouble-timeline",
  "trouble-endpoints",
  "trouble-settings",
].map((name) => ({
  ...screens.find((screen) => screen.name === name),
  name: `german-${name}`,
  locale: "de-DE",
}));

for (const scheme of ["light", "dark"]) {
  // Each has a page of its own, and waits more than it works.
  describe(`every ${scheme} screen`, { concurrency: 2 }, () => {
    let window;
    before(async () => (window = await openWindow()), PATIENCE);
    after(() => window.close(), PATIENCE);

    for (const { name, hash, world, look, first, locale } of [...screens, ...inGerman]) {
      test(`${name}, ${scheme}`, PATIENCE, async () => {
        const { page, complaints, close } = await window.page({ hash, world, look, scheme, locale });
        await first?.(page);
        await page.waitForTimeout(120);
        // The checker goes in past the policy of the page, as a debugger does.
        await page.evaluate(axe);
        for (const [width, height] of sizes) {
          await page.setViewportSize({ width, height });
          await page.waitForTimeout(120);
          await page.screenshot({ path: `${shots}/${name}-${scheme}-${width}.png` });
          const { violations } = await page.evaluate(() => globalThis.axe.run(document));
          assert.deepEqual(
            violations.map(
              ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`,
            ),
            [],
            `${name} at ${width}`,
          );
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${name} is ${overflow} px too wide at ${width}`);
        }
        assert.deepEqual(complaints, []);
        await close();
      });
    }
  });
}

describe("the card", () => {
  let window;
  before(async () => (window = await openWindow()), PATIENCE);
  after(() => window.close(), PATIENCE);

  for (const scheme of ["light", "dark"]) {
    for (const language of ["en", "de"]) {
      test(`card in ${language}, ${scheme}`, PATIENCE, async () => {
        const look = { language };
        const { page, complaints, close } = await window.page({
          file: "card.html",
          hash: "",
          look,
          scheme,
          size: [400, 376],
        });
        await page.getByTestId("card").nth(1).waitFor();
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run(document));
        await page.screenshot({ path: `${shots}/card-${language}-${scheme}.png` });
        assert.deepEqual(violations, []);
        const hidden = () => document.querySelector("main").scrollHeight - innerHeight;
        assert.ok((await page.evaluate(hidden)) <= 0, "two cards are not seen as a whole");
        await page.getByTestId("card").first().getByRole("button").first().focus();
        await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
        assert.deepEqual(complaints, []);
        await close();
      });
    }
  }
});

describe("more contrast", () => {
  let window;
  before(async () => (window = await openWindow()), PATIENCE);
  after(() => window.close(), PATIENCE);

  const eyes = [
    { name: "contrast", options: { contrast: "more" } },
    { name: "forced", options: { forcedColors: "active" } },
  ];
  for (const scheme of ["light", "dark"]) {
    for (const { name, options } of eyes) {
      test(`${name}, ${scheme}`, PATIENCE, async () => {
        for (const hash of ["#/timeline", "#/endpoints", "#/settings"]) {
          const { page, complaints, close } = await window.page({
            hash,
            world: "trouble",
            scheme,
            ...options,
          });
          await page.screenshot({ path: `${shots}/${name}-${hash.slice(2)}-${scheme}-1280.png` });
          await page.evaluate(axe);
          const rules = {
            "color-contrast-enhanced": { enabled: name === "contrast" },
            // The system's own colours are drawn, and the page's are what a script is told.
            "color-contrast": { enabled: name === "contrast" },
          };
          const { violations } = await page.evaluate(
            (asked) => globalThis.axe.run(document, { rules: asked }),
            rules,
          );
          assert.deepEqual(
            violations.map(
              ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`,
            ),
            [],
            hash,
          );
          assert.deepEqual(complaints, []);
          await close();
        }
      });
    }
  }
});
