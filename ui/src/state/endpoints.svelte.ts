import { asFailure, type Backend } from "../backend/backend";
import type { Endpoint, Failure, Rejection } from "../bindings/types";

export class EndpointList {
  endpoints = $state.raw<Endpoint[]>([]);
  rejections = $state.raw<Rejection[]>([]);
  phase = $state.raw<"loading" | "ready" | "failed">("loading");
  failure = $state.raw<Failure | null>(null);
  #backend: Backend;
  #reading = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async read(): Promise<void> {
    const reading = ++this.#reading;
    try {
      const [endpoints, rejections] = await Promise.all([
        this.#backend.endpoints(),
        this.#backend.rejections(),
      ]);
      if (reading !== this.#reading) return;
      this.endpoints = endpoints;
      this.rejections = rejections;
      this.phase = "ready";
      this.failure = null;
    } catch (thrown) {
      if (reading !== this.#reading) return;
      this.failure = asFailure(thrown);
      if (this.phase !== "ready") this.phase = "failed";
    }
  }

  byId(id: string): Endpoint | undefined {
    return this.endpoints.find((endpoint) => endpoint.id === id);
  }
}
