import type { Endpoint } from "../bindings/types";

/** `rejecting`: the last call was turned away. `recovered`: one was, and calls have come through since. */
export type EndpointState = "waiting" | "rejecting" | "recovered" | "receiving";

export function endpointState({ lastDeliveryAt, lastRejection }: Endpoint): EndpointState {
  if (lastRejection === null) return lastDeliveryAt === null ? "waiting" : "receiving";
  const acceptedSince = lastDeliveryAt !== null && Date.parse(lastDeliveryAt) > Date.parse(lastRejection.at);
  return acceptedSince ? "recovered" : "rejecting";
}
