import type { Delivery, TimelineEntry, WholeDelivery } from "../../bindings/types";
import type { Backend } from "../backend";
import { pageOf } from "./paging";
import { failure, type Memory } from "./state";

export function deliveries(memory: Memory) {
  function delivery(id: string): WholeDelivery {
    const entries = memory.world.entries.filter((entry) => entry.deliveryId === id);
    if (entries.length === 0) throw failure("This call is no longer there.");
    return wholeDelivery(entries);
  }

  return {
    async deliveries(query) {
      const found = deliveriesOf(memory.world.entries).filter(
        (delivery) =>
          (query.endpointId === null || delivery.endpointId === query.endpointId) &&
          (!query.withProblems || delivery.problems.length > 0),
      );
      const { page, next } = pageOf(found, (delivery) => delivery.id, query);
      return { deliveries: page, next };
    },

    async delivery(id) {
      return delivery(id);
    },

    async replay(id) {
      await memory.aMoment();
      return { ...delivery(id), workedAt: memory.now().toISOString() };
    },

    async copyAsCurl(id) {
      const { body } = delivery(id);
      memory.copied.push(`curl -X POST 'http://127.0.0.1:7311/hooks/…' --data-raw '${body}'`);
    },
  } satisfies Partial<Backend>;
}

/** Every entry of the sample world came with a call of its own. */
function deliveriesOf(entries: TimelineEntry[]): Delivery[] {
  return entries.map((entry) => ({
    id: entry.deliveryId,
    endpointId: entry.endpointId,
    provider: entry.provider,
    receivedAt: entry.receivedAt,
    repeats: entry.repeats,
    trust: entry.trust,
    state: "processed",
    problems: entry.problems,
  }));
}

function wholeDelivery(entries: TimelineEntry[]): WholeDelivery {
  const entry = entries[0]!;
  const later = (milliseconds: number) => new Date(Date.parse(entry.receivedAt) + milliseconds).toISOString();
  const body = JSON.stringify({
    event: entry.eventType,
    created_at: entry.occurredAt,
    data: {
      booking_id: entry.bookingId,
      service: entry.title,
      start_time: entry.start,
      end_time: entry.end,
      customer_name: entry.attendee.name,
    },
  });
  const signature = "5f1c0bd3".repeat(8);
  return {
    delivery: deliveriesOf(entries)[0]!,
    idempotencyKey: `evt_${entry.deliveryId}`,
    workedAt: later(3),
    erasedAt: null,
    notice: entry.kind === "updated" ? null : { plannedAt: later(3), shownAt: later(21), notShown: null },
    query: null,
    caller: "203.0.113.24 (DE)",
    headers: [
      { name: "content-type", value: "application/json" },
      { name: "user-agent", value: `${entry.provider}-webhooks/1.2` },
      ...(entry.trust === "signed" ? [{ name: `x-${entry.provider}-signature`, value: signature }] : []),
    ],
    body,
    bodyIsText: true,
    bodySize: new TextEncoder().encode(body).length,
    entries,
  };
}
