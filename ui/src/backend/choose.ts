import type { Look } from "../bindings/types";
import type { Backend } from "./backend";
import { tauriBackend } from "./tauri";

/** In a browser the sample world stands in; `?world=` chooses it and `?live=` sets the pace of arrivals in seconds. */
async function sampleBackend(): Promise<Backend> {
  const { memoryBackend, worldNames } = await import("./memory");
  const query = new URLSearchParams(location.search);
  return memoryBackend({
    world: worldNames.find((name) => name === query.get("world")),
    arrivalsEvery: Number(query.get("live") ?? 45) * 1000,
    demo: query.get("demo") !== "0",
    look: JSON.parse(query.get("look") ?? "{}") as Partial<Look>,
  });
}

export async function chooseBackend(): Promise<Backend> {
  return "__TAURI_INTERNALS__" in window ? tauriBackend : sampleBackend();
}
