import type {
  Attendee,
  Backup,
  CallsDue,
  DataContent,
  Footprint,
  KnownPerson,
  PersonData,
  PersonQuery,
  Restored,
  TimelineEntry,
} from "../../bindings/types";
import type { Backend } from "../backend";
import type { World } from "../sample/world";
import { foldedOf } from "./folding";
import { failure, type Memory } from "./state";

export function data(memory: Memory) {
  let backup: World | null = null;
  let restored: Restored | null = null;

  return {
    async footprint() {
      return footprintOf(memory, restored);
    },

    async openDataFolder() {
      memory.foldersOpened += 1;
    },

    async backUp() {
      return memory.chosenFile === null ? null : backupOf(memory.world, memory.chosenFile);
    },

    /** The sample's backup is as old as yesterday. */
    async chooseBackup() {
      if (memory.chosenFile === null) return null;
      backup = worldUntil(memory.world, new Date(memory.now().getTime() - DAY));
      return backupOf(backup, memory.chosenFile);
    },

    async restore() {
      if (backup === null) throw failure("Choose a backup first.");
      await memory.aMoment();
      memory.world = backup;
      backup = null;
      restored = {
        file: memory.chosenFile ?? "",
        failure: null,
        keptAside: `${memory.settingsKept.dataDir}/bellhop-replaced-2026-11-19T141200Z.db`,
        withoutSecret: [],
      };
      memory.changed({ timeline: true, endpoints: true, gaps: true, status: true });
      memory.navigate("#/settings/data");
    },

    async callsDue(days) {
      return dueOf(memory.world.entries, days, memory.now());
    },

    async keepCallsFor(keepCallsDays) {
      memory.settingsKept = { ...memory.settingsKept, keepCallsDays };
      return dueOf(memory.world.entries, keepCallsDays, memory.now()).deliveries;
    },

    async findPeople(text) {
      return peopleOf(memory.world.entries, text);
    },

    async personData(person) {
      return personDataOf(memory.world.entries, person);
    },

    async erasePerson(person) {
      const { world } = memory;
      const told = personDataOf(world.entries, person);
      const gone = new Set(entriesOfPerson(world.entries, person));
      world.entries = world.entries.filter((entry) => !gone.has(entry));
      memory.changed({ timeline: true, endpoints: true, status: true });
      return { ...told, knownAs: [], newest: [] };
    },
  } satisfies Partial<Backend>;
}

const DAY = 86_400_000;

/** What a call carries, about. */
const CALL = 2_400;

function contentOf({ entries, endpoints }: World): DataContent {
  return {
    endpoints: endpoints.length,
    deliveries: entries.length,
    bookings: new Set(entries.flatMap((entry) => entry.bookingId ?? [])).size,
    newestDeliveryAt: entries[0]?.receivedAt ?? null,
  };
}

function footprintOf({ world, settingsKept }: Memory, restored: Restored | null): Footprint {
  return {
    directory: settingsKept.dataDir,
    database: 151_552 + world.entries.length * 6_100,
    journal: 8_388_608,
    copies: restored?.keptAside ? [{ file: restored.keptAside, bytes: 311_296 }] : [],
    content: contentOf(world),
    restored,
  };
}

function backupOf(world: World, file: string): Backup {
  return { file, bytes: 139_264 + world.entries.length * 5_200, content: contentOf(world) };
}

/** An earlier state of the world: what had come until `at`. */
function worldUntil(world: World, at: Date): World {
  return {
    ...world,
    entries: world.entries.filter(({ receivedAt }) => Date.parse(receivedAt) < at.getTime()),
  };
}

function dueOf(entries: TimelineEntry[], days: number | null, now: Date): CallsDue {
  if (days === null) return { deliveries: 0, bytes: 0 };
  const before = now.getTime() - days * DAY;
  const deliveries = entries.filter(({ receivedAt }) => Date.parse(receivedAt) < before).length;
  return { deliveries, bytes: deliveries * CALL };
}

const plain = (text: string | null) => (text ?? "").trim().toLowerCase().replace(/\s+/g, " ");
const digits = (text: string | null) => (text ?? "").replace(/\D/g, "");

function peopleOf(entries: TimelineEntry[], text: string): KnownPerson[] {
  const [words, number] = [plain(text), digits(text)];
  const has = ({ name, email, phone }: Attendee) =>
    [name, email, phone].some((part) => part !== null && plain(part).includes(words)) ||
    (number !== "" && /^[\d +()./-]+$/.test(words) && digits(phone).includes(number));
  const people = new Map<string, KnownPerson & { ids: Set<string | null> }>();
  for (const { attendee, bookingId, receivedAt } of entries) {
    if (!has(attendee)) continue;
    const { name, email, phone } = attendee;
    const key = JSON.stringify([name, email, phone]);
    const known = people.get(key) ?? {
      name,
      email,
      phone,
      bookings: 0,
      lastHeard: receivedAt,
      ids: new Set(),
    };
    if (bookingId !== null) known.ids.add(bookingId);
    people.set(key, known);
  }
  return [...people.values()].slice(0, 50).map(({ ids, ...known }) => ({ ...known, bookings: ids.size }));
}

function isPerson({ name, email, phone }: PersonQuery, attendee: Attendee): boolean {
  return (
    (!plain(name) || plain(name) === plain(attendee.name)) &&
    (!plain(email) || plain(email) === plain(attendee.email)) &&
    (!digits(phone) || digits(phone) === digits(attendee.phone))
  );
}

/** All entries of a person's bookings go, also those that leave the name out. */
function entriesOfPerson(entries: TimelineEntry[], person: PersonQuery): TimelineEntry[] {
  const named = entries.filter(({ attendee }) => isPerson(person, attendee));
  const bookings = new Set(named.flatMap(({ bookingId }) => bookingId ?? []));
  return entries.filter(
    (entry) => named.includes(entry) || (entry.bookingId !== null && bookings.has(entry.bookingId)),
  );
}

function personDataOf(entries: TimelineEntry[], person: PersonQuery): PersonData {
  const theirs = entriesOfPerson(entries, person);
  const ids = [...new Set(theirs.flatMap(({ bookingId }) => bookingId ?? []))];
  const texts = theirs.flatMap(({ attendee: { name, email, phone } }) => [name, email, phone]);
  const bookings = ids.map((id) => foldedOf(theirs.filter(({ bookingId }) => bookingId === id)));
  return {
    bookings: ids.length,
    entries: theirs.length,
    notices: theirs.filter(({ kind }) => ["created", "rescheduled", "cancelled"].includes(kind)).length,
    deliveries: theirs.length,
    sharedDeliveries: 0,
    knownAs: [...new Set(texts.filter((text) => text !== null))].sort(),
    newest: bookings
      .slice(0, 3)
      .map(({ id, provider, title, start, end, date }) => ({ id, provider, title, start, end, date })),
    copies: [],
  };
}
