import type { BookingReminders, Card, NextReminder, Privacy, ReminderRules } from "../../bindings/types";
import type { Backend } from "../backend";
import type { World } from "../sample/world";
import { bookingsOf, type Folded } from "./folding";
import type { Memory } from "./state";

const MINUTE = 60_000;

/** What the person chose: for all bookings, and for some of them alone. */
type Chosen = { rules: ReminderRules; own: Map<string, number[]> };

export function reminders(memory: Memory) {
  const chosen: Chosen = {
    rules: {
      leads: [15],
      card: false,
      rules: [{ endpointId: null, title: "massage", leads: [60, 10], card: true }],
      dayHour: 8,
      repeatMinutes: null,
    },
    own: new Map(),
  };
  const answered = new Set<string>();

  const ahead = () => bookingsOf(memory.world).filter((one) => isAhead(one, memory.world.done, memory.now()));
  const kept = () => ({ rules: chosen.rules, next: nextOf(ahead(), chosen, memory.now()) });

  function answer(bookingId: string): void {
    answered.add(bookingId);
    memory.changed({ notices: true });
  }

  return {
    async reminders() {
      return kept();
    },

    async chooseReminders(rules) {
      chosen.rules = {
        ...rules,
        leads: inOrder(rules.leads),
        rules: rules.rules.map((rule) => ({ ...rule, leads: inOrder(rule.leads) })),
      };
      memory.changed({ notices: true });
      return kept();
    },

    async bookingReminders(id) {
      return ofBooking(memory, chosen, id);
    },

    async remindOfBooking(id, leads) {
      if (leads === null) chosen.own.delete(id);
      else chosen.own.set(id, leads);
      memory.changed({ notices: true });
      return ofBooking(memory, chosen, id);
    },

    async cards() {
      const { notificationPrivacy } = memory.settingsKept;
      return cardsOf(
        ahead().filter(({ id }) => !answered.has(id)),
        notificationPrivacy,
      );
    },

    async answerCard(bookingId, _answer) {
      answer(bookingId);
    },

    async openCard(bookingId) {
      answer(bookingId);
      memory.navigate(`#/booking/${bookingId}`);
    },
  } satisfies Partial<Backend>;
}

/** The longest one first, each once. */
function inOrder(leads: number[]): number[] {
  return [...new Set(leads)].sort((one, other) => other - one);
}

/** The next three of the coming week. */
function nextOf(ahead: Folded[], chosen: Chosen, now: Date): NextReminder[] {
  const week = now.getTime() + 7 * 24 * 60 * MINUTE;
  return ahead
    .flatMap((booking): NextReminder[] => {
      const [at] = waitingOf(booking, chosen, now);
      const who = booking.attendee.name ?? booking.attendee.email ?? booking.attendee.phone;
      const { id: bookingId, start, date } = booking;
      return at && Date.parse(at) < week ? [{ bookingId, who, at, start, date }] : [];
    })
    .sort((one, other) => one.at.localeCompare(other.at))
    .slice(0, 3);
}

function ofBooking({ world, now }: Memory, chosen: Chosen, id: string): BookingReminders {
  const own = chosen.own.get(id) ?? null;
  const booking = bookingsOf(world).find((one) => one.id === id);
  if (!booking) return { ahead: false, own, waiting: [], told: [] };
  const ahead = isAhead(booking, world.done, now());
  const past = marksOf(booking, chosen).filter((mark) => mark <= now().getTime());
  return {
    ahead,
    own,
    waiting: ahead ? waitingOf(booking, chosen, now()) : [],
    told: past
      .filter((mark) => booking.createdAt < new Date(mark).toISOString())
      .map((mark) => ({
        at: new Date(mark).toISOString(),
        shownAt: new Date(mark + 200).toISOString(),
        held: false,
      })),
  };
}

/** The sample's card has the next two bookings, so that there is something to see. */
function cardsOf(ahead: Folded[], privacy: Privacy): Card[] {
  const named = privacy === "full";
  return ahead
    .filter((booking) => booking.start !== null)
    .sort((one, other) => one.start!.localeCompare(other.start!))
    .slice(0, 2)
    .map(({ id, attendee, title, provider, start, end, date }) => ({
      bookingId: id,
      who: named ? attendee.name : null,
      named,
      title: named ? title : null,
      provider: privacy === "nothing" ? null : provider,
      start,
      end,
      date,
    }));
}

/** The moments at which a booking is reminded of, past ones too. */
function marksOf(booking: Folded, { rules, own }: Chosen): number[] {
  const fits = (text: string | null) =>
    text === null || booking.title?.toLowerCase().includes(text.toLowerCase());
  const rule = rules.rules.find(
    ({ endpointId, title }) => fits(title) && (endpointId === null || endpointId === booking.endpointId),
  );
  const leads = own.get(booking.id) ?? rule?.leads ?? rules.leads;
  if (booking.start !== null)
    return leads.map((minutes) => Date.parse(booking.start!) - minutes * MINUTE).sort();
  const none = leads.length === 0 && (own.has(booking.id) || rule !== undefined);
  if (booking.date === null || rules.dayHour === null || none) return [];
  const [year, month, day] = booking.date.split("-").map(Number);
  return [new Date(year!, month! - 1, day, rules.dayHour).getTime()];
}

function waitingOf(booking: Folded, chosen: Chosen, now: Date): string[] {
  return marksOf(booking, chosen)
    .filter((mark) => mark > now.getTime())
    .map((mark) => new Date(mark).toISOString());
}

function isAhead({ id, status, start, end, date }: Folded, done: World["done"], now: Date): boolean {
  if ((status !== "pending" && status !== "confirmed") || done.has(id)) return false;
  if (start !== null) return Date.parse(end ?? start) > now.getTime();
  return date !== null && Date.parse(`${date}T23:59:59`) > now.getTime();
}
