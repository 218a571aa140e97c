import type { Booking, Note, OtherBooking } from "../../bindings/types";
import type { Backend } from "../backend";
import { bookingsOf } from "./folding";
import { overlapsOf } from "./pairs";
import { failure, type Memory } from "./state";

export function bookings(memory: Memory) {
  let noted = 0;

  function changeNote(id: string, change: (note: Note) => Note[]): Booking {
    const { notes } = memory.world;
    const found = [...notes].find(([, notes]) => notes.some((note) => note.id === id));
    if (!found) throw gone();
    const [bookingId, its] = found;
    notes.set(
      bookingId,
      its.flatMap((note) => (note.id === id ? change(note) : [note])),
    );
    memory.changed({ timeline: true });
    return bookingOf(memory, bookingId);
  }

  return {
    async booking(id) {
      return bookingOf(memory, id);
    },

    async setDone(id, done) {
      if (done) memory.world.done.set(id, memory.now().toISOString());
      else memory.world.done.delete(id);
      memory.changed({ timeline: true });
      return bookingOf(memory, id);
    },

    async addNote(bookingId, text) {
      const [id, writtenAt] = [`note-${++noted}`, memory.now().toISOString()];
      const note: Note = { id, text: text.trim(), writtenAt, editedAt: null };
      memory.world.notes.set(bookingId, [...(memory.world.notes.get(bookingId) ?? []), note]);
      memory.changed({ timeline: true });
      return bookingOf(memory, bookingId);
    },

    async editNote(id, text) {
      const editedAt = memory.now().toISOString();
      return changeNote(id, (note) => [{ ...note, text: text.trim(), editedAt }]);
    },

    async removeNote(id) {
      return changeNote(id, () => []);
    },

    async replayBooking(id) {
      await memory.aMoment();
      const { events } = bookingOf(memory, id);
      return { read: new Set(events.map((event) => event.deliveryId)).size, removed: 0 };
    },
  } satisfies Partial<Backend>;
}

/** With what the person wrote about it, and the others of the same person. */
export function bookingOf({ world, now }: Memory, id: string): Booking {
  const bookings = bookingsOf(world);
  const booking = bookings.find((one) => one.id === id);
  if (!booking) throw gone();
  const key = samePerson(booking.attendee);
  const others = bookings
    .filter((other) => other.id !== id && key !== null && samePerson(other.attendee) === key)
    .map((other): OtherBooking => ({ ...other, done: world.done.has(other.id) }))
    .sort((a, b) => (b.start ?? b.date ?? "").localeCompare(a.start ?? a.date ?? ""));
  return {
    ...booking,
    doneAt: world.done.get(id) ?? null,
    notes: world.notes.get(id) ?? [],
    overlaps: overlapsOf(world, id, now()),
    others: others.slice(0, 50),
  };
}

function samePerson({ email, phone }: Booking["attendee"]): string | null {
  return email?.trim().toLowerCase() || phone?.replace(/\D/g, "") || null;
}

const gone = () => failure("This booking is no longer there.", "not_found");
