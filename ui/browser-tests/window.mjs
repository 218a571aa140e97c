import { createReadStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.resolve(here, "../dist");
export const shots = path.resolve(process.env.SHOTS ?? path.resolve(here, "../../target/ui-shots"));

/** The policy of the program, so that a breach is seen here and not in a blank window. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; connect-src ipc: http://ipc.localhost";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
};

/**
 * The limit of one test, for a page that hangs; everything else has Playwright's own. There is none for a whole file:
 * how long hundreds of screens take says nothing but how fast the computer is.
 */
export const PATIENCE = { timeout: 300_000 };

/** A moment in the middle of a working day, so that the pictures are the same on every run. */
const NOW = "2026-11-19T15:12:00+01:00";

export async function openWindow() {
  const server = createServer(async (request, response) => {
    const wanted = new URL(request.url ?? "/", "http://ui").pathname;
    const file = path.join(dist, wanted === "/" ? "index.html" : path.normalize(wanted));
    const found = file.startsWith(dist) && (await stat(file).catch(() => null))?.isFile();
    if (wanted === "/favicon.ico") return response.writeHead(204).end();
    if (!found) return response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": types[path.extname(file)] ?? "application/octet-stream",
      "content-security-policy": POLICY,
    });
    createReadStream(file).pipe(response);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
  await mkdir(shots, { recursive: true });
  const address = `http://127.0.0.1:${server.address().port}`;

  /** A fresh page; `complaints` collects what the console, the policy or the network found wrong. */
  async function page({
    file = "",
    hash = "#/timeline",
    world = "sample",
    live = 0,
    look = {},
    scheme = "light",
    size = [1280, 800],
    locale = "en-GB",
    contrast = "no-preference",
    forcedColors = "none",
  } = {}) {
    const context = await browser.newContext({
      viewport: { width: size[0], height: size[1] },
      colorScheme: scheme,
      locale,
      timezoneId: "Europe/Berlin",
      reducedMotion: "reduce",
      contrast,
      forcedColors,
    });
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(address)) complaints.push(`asked for ${request.url()}`);
    });
    // The program freezes the prototype of all objects; a library that trips over it must trip here.
    await page.addInitScript(() => Object.freeze(Object.prototype));
    await page.clock.setFixedTime(new Date(NOW));
    await page.goto(
      `${address}/${file}?world=${world}&live=${live}&demo=0&look=${encodeURIComponent(JSON.stringify(look))}${hash}`,
    );
    await page.locator("h1").first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(250);
    return { page, complaints, close: () => context.close() };
  }

  async function close() {
    await browser.close();
    await new Promise((closed) => server.close(closed));
  }

  return { page, close };
}

/** What takes the program of the sample world a while takes from now on until this is called. */
export async function holdAnswers(page) {
  await page.evaluate(() => {
    const later = globalThis.setTimeout;
    globalThis.setTimeout = (call, after, ...rest) =>
      after === 400 ? ((globalThis.answer = call), 0) : later(call, after, ...rest);
  });
  return () => page.evaluate(() => globalThis.answer());
}
