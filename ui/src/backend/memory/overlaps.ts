import type { Backend } from "../backend";
import { bookingOf } from "./bookings";
import { shown } from "./endpoints";
import { allPairs, openPairs, withoutKey } from "./pairs";
import type { Memory } from "./state";

export function overlaps(memory: Memory) {
  return {
    async overlaps() {
      return openPairs(memory.world, memory.now()).map(withoutKey);
    },

    async acceptOverlap(id, other, accepted) {
      for (const { earlier, later, key } of allPairs(memory.world)) {
        if (![earlier.id, later.id].every((one) => one === id || one === other)) continue;
        if (accepted) memory.world.accepted.set(key, memory.now().toISOString());
        else memory.world.accepted.delete(key);
      }
      memory.changed({ timeline: true });
      return bookingOf(memory, id);
    },

    async setBuffer(endpointId, minutes) {
      const endpoint = memory.endpoint(endpointId);
      endpoint.bufferMinutes = minutes;
      memory.changed({ endpoints: true, timeline: true });
      return shown(memory, endpoint);
    },
  } satisfies Partial<Backend>;
}
