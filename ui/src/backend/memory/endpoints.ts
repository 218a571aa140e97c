import type { Endpoint, NewEndpoint } from "../../bindings/types";
import type { Backend } from "../backend";
import { sampleProviders } from "../sample/providers";
import { failure, type Memory } from "./state";

export function endpoints(memory: Memory) {
  return {
    async endpoints() {
      return memory.world.endpoints.map((endpoint) => shown(memory, endpoint));
    },

    async providers() {
      return sampleProviders;
    },

    async addEndpoint(asked) {
      const endpoint = newEndpoint(asked, memory.world.endpoints.length + 1, memory.now().toISOString());
      memory.world.endpoints = [...memory.world.endpoints, endpoint];
      memory.changed({ endpoints: true });
      return shown(memory, endpoint);
    },

    async removeEndpoint(id) {
      memory.world.endpoints = memory.world.endpoints.filter((endpoint) => endpoint.id !== id);
      memory.changed({ endpoints: true, gaps: true });
    },

    async addSecret(endpointId, _secret) {
      const endpoint = memory.endpoint(endpointId);
      const id = `${endpointId}-secret-${endpoint.secrets.length + 1}-${memory.now().getTime()}`;
      const secret = { id, createdAt: memory.now().toISOString(), lastUsedAt: null };
      endpoint.secrets = [...endpoint.secrets, secret];
      memory.changed({ endpoints: true });
      return shown(memory, endpoint);
    },

    async retireSecret(endpointId, secretId) {
      const endpoint = memory.endpoint(endpointId);
      endpoint.secrets = endpoint.secrets.filter((secret) => secret.id !== secretId);
      memory.changed({ endpoints: true });
      return shown(memory, endpoint);
    },

    async rejections() {
      return memory.world.rejections;
    },

    async copyAddress(endpointId) {
      const { publicUrl } = shown(memory, memory.endpoint(endpointId));
      if (publicUrl === null) throw failure("There is no public address at the moment.");
      memory.copied.push(publicUrl);
      memory.changed({ endpoints: true });
    },
  } satisfies Partial<Backend>;
}

/** With the address that leads to it now. */
export function shown({ tunnel }: Memory, endpoint: Endpoint): Endpoint {
  return { ...endpoint, publicUrl: tunnel.state === "online" ? tunnel.url + endpoint.path : null };
}

function newEndpoint({ provider, label, secret }: NewEndpoint, number: number, at: string): Endpoint {
  return {
    id: `endpoint-${number}`,
    provider,
    label,
    path: `/hooks/${provider.slice(0, 2)}_Nh4c7Rk2Xw9Tb${number}Ls`,
    publicUrl: null,
    trust: secret ? "signed" : "token_only",
    secrets: secret ? [{ id: `secret-${number}`, createdAt: at, lastUsedAt: null }] : [],
    signatureForm: null,
    createdAt: at,
    lastDeliveryAt: null,
    lastRejection: null,
    staleAddress: null,
    silence: null,
    bufferMinutes: 0,
  };
}
