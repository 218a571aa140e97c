import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  base: "./",
  clearScreen: false,
  cacheDir: "../node_modules/.vite",
  plugins: [svelte({ configFile: false })],
  // The tests read the sentences of the program in its sources.
  server: { port: 1420, strictPort: true, fs: { allow: [".."] } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: ["chrome111", "safari16.4"],
    // The content security policy allows fonts from 'self' only, so no font may become a data: address.
    assetsInlineLimit: 0,
    // While a later style sheet is being read WebKit gives nothing that is new a size, and the lists would take the rows that
    // arrive in that moment for rows of no height, and leave them out.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    // The window, and the small one of reminders.
    rollupOptions: { input: ["index.html", "card.html"].map(fileOf) },
  },
  // Without this Vitest would take Svelte's server build.
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/support/setup.ts"],
    env: { TZ: "Europe/Berlin" },
    restoreMocks: true,
    // More than a test waits for one thing on the screen (`asyncUtilTimeout`), also where the computer has much to do.
    testTimeout: 60_000,
    // Before some tests another language is read.
    hookTimeout: 60_000,
  },
});
