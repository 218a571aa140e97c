import "@fontsource-variable/inter/wght.css";
import { mount } from "svelte";
import App from "./App.svelte";
import type { Backend } from "./backend/backend";
import type { Look } from "./bindings/types";
import { tauriBackend } from "./backend/tauri";
import { languageOf } from "./state/look.svelte";
import { speak } from "./words/words.svelte";
import "./styles/tokens.css";
import "./styles/base.css";

/** In a browser the sample world stands in; `?world=` chooses it and `?live=` sets the pace of arrivals in seconds. */
async function sampleBackend(): Promise<Backend> {
  const { MemoryBackend } = await import("./backend/memory");
  const query = new URLSearchParams(location.search);
  const world = (["sample", "long", "empty", "first", "trouble", "refused", "broken"] as const).find(
    (name) => name === query.get("world"),
  );
  return new MemoryBackend({
    world: world ?? "sample",
    arrivalsEvery: Number(query.get("live") ?? 45) * 1000,
    demo: query.get("demo") !== "0",
    look: JSON.parse(query.get("look") ?? "{}") as Partial<Look>,
  });
}

const inProgram = "__TAURI_INTERNALS__" in window;
const backend = inProgram ? tauriBackend : await sampleBackend();
// English words must not be seen before German ones. Without them the window opens in English.
await speak(languageOf(backend.firstLook)).catch(() => {});
mount(App, { target: document.getElementById("app")!, props: { backend } });
