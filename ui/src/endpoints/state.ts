import type { Endpoint } from "../bindings/types";
import { t } from "../words/words.svelte";

/**
 * `rejecting`: the last call was turned away. `recovered`: one was, and calls have come through since. `silent`: none has
 * come for longer than is usual for this endpoint.
 */
export type EndpointState = "waiting" | "rejecting" | "silent" | "recovered" | "receiving";

export function endpointState(endpoint: Endpoint, now: Date): EndpointState {
  const { lastDeliveryAt, lastRejection } = endpoint;
  const acceptedSince =
    lastRejection === null ||
    (lastDeliveryAt !== null && Date.parse(lastDeliveryAt) > Date.parse(lastRejection.at));
  if (!acceptedSince) return "rejecting";
  if (lastDeliveryAt === null) return "waiting";
  if (isSilent(endpoint, now)) return "silent";
  return lastRejection === null ? "receiving" : "recovered";
}

/** One whose provider calls an old address is silent for a reason that is told already. */
function isSilent({ silence, staleAddress }: Endpoint, now: Date): boolean {
  const from = silence?.unusualFrom ?? null;
  return staleAddress === null && from !== null && Date.parse(from) <= now.getTime();
}

/** What is wrong with any of the endpoints, in words: the worst comes first. */
export function endpointTrouble(endpoints: Endpoint[], now: Date): string | null {
  if (endpoints.some((one) => one.staleAddress !== null)) return t("endpoints.trouble.stale");
  const states = endpoints.map((one) => endpointState(one, now));
  if (states.includes("rejecting")) return t("endpoints.trouble.rejecting");
  return states.includes("silent") ? t("endpoints.trouble.silent") : null;
}

/** How often a call usually comes at least. */
export function usually(hours: number): string {
  const every =
    hours < 24
      ? t("endpoints.silent.hours", { count: Math.max(1, hours) })
      : t("endpoints.silent.days", { count: Math.ceil(hours / 24) });
  return t("endpoints.silent.usually", { every });
}
