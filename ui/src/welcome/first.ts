import type { Endpoint } from "../bindings/types";
import type { Desk } from "../state/desk.svelte";

/** The endpoint that the first run is about: the one added in it, or whichever there is. */
export function firstEndpoint(desk: Desk): Endpoint | undefined {
  const added = desk.firstRun.kept?.endpointId ?? null;
  return (added === null ? undefined : desk.endpoints.byId(added)) ?? desk.endpoints.endpoints[0];
}

export type FirstCall = "arrived" | "rejected" | "no-address" | "no-secret" | "strayed" | "waiting";

/** Whether the first call has arrived, or what keeps it from arriving. */
export function firstCall(desk: Desk, endpoint: Endpoint): FirstCall {
  const { lastDeliveryAt, lastRejection } = endpoint;
  const after = (at: string, other: string) => Date.parse(at) > Date.parse(other);
  if (lastRejection && (lastDeliveryAt === null || after(lastRejection.at, lastDeliveryAt)))
    return "rejected";
  if (lastDeliveryAt !== null) return "arrived";
  if (desk.facts(endpoint.provider)?.secret === "required" && endpoint.secrets.length === 0)
    return "no-secret";
  if (endpoint.publicUrl === null) return "no-address";
  const strayed = desk.endpoints.rejections.some(
    ({ endpointId, reason, at }) =>
      endpointId === null && reason === "unknown_endpoint" && after(at, endpoint.createdAt),
  );
  return strayed ? "strayed" : "waiting";
}
