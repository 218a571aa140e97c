import type {
  BookingReminders,
  Card,
  NextReminder,
  Privacy,
  ReminderRules,
  Reminders,
  TimelineEntry,
} from "../../bindings/types";
import { bookingFrom } from "./world";

const MINUTE = 60_000;

type Booking = ReturnType<typeof bookingFrom>;

/** What the person of the sample chose, and answers to reminders. */
export class SampleReminders {
  rules: ReminderRules = {
    leads: [15],
    card: false,
    rules: [{ endpointId: null, title: "massage", leads: [60, 10], card: true }],
    dayHour: 8,
    repeatMinutes: null,
  };
  #own = new Map<string, number[]>();
  #answered = new Set<string>();

  reminders(entries: TimelineEntry[], done: Map<string, string>, now: Date): Reminders {
    const week = now.getTime() + 7 * 24 * 60 * MINUTE;
    const next = bookings(entries)
      .filter((booking) => isAhead(booking, done, now))
      .flatMap((booking): NextReminder[] => {
        const [at] = this.#waiting(booking, now);
        const who = booking.attendee.name ?? booking.attendee.email ?? booking.attendee.phone;
        const { id: bookingId, start, date } = booking;
        return at && Date.parse(at) < week ? [{ bookingId, who, at, start, date }] : [];
      });
    next.sort((one, other) => one.at.localeCompare(other.at));
    return { rules: this.rules, next: next.slice(0, 3) };
  }

  choose(rules: ReminderRules): void {
    const leads = (chosen: number[]) => [...new Set(chosen)].sort((one, other) => other - one);
    this.rules = {
      ...rules,
      leads: leads(rules.leads),
      rules: rules.rules.map((rule) => ({ ...rule, leads: leads(rule.leads) })),
    };
  }

  ofBooking(entries: TimelineEntry[], done: Map<string, string>, id: string, now: Date): BookingReminders {
    const booking = bookings(entries).find((one) => one.id === id);
    const ahead = booking !== undefined && isAhead(booking, done, now);
    const marks = booking ? this.#marks(booking).filter((mark) => mark <= now.getTime()) : [];
    return {
      ahead,
      own: this.#own.get(id) ?? null,
      waiting: ahead ? this.#waiting(booking, now) : [],
      told: marks
        .filter((mark) => booking!.createdAt < new Date(mark).toISOString())
        .map((mark) => ({
          at: new Date(mark).toISOString(),
          shownAt: new Date(mark + 200).toISOString(),
          held: false,
        })),
    };
  }

  chooseFor(id: string, leads: number[] | null): void {
    if (leads === null) this.#own.delete(id);
    else this.#own.set(id, leads);
  }

  /** The sample's card has the next two bookings, so that there is something to see. */
  cards(entries: TimelineEntry[], done: Map<string, string>, privacy: Privacy, now: Date): Card[] {
    const named = privacy === "full";
    return bookings(entries)
      .filter((booking) => booking.start !== null && isAhead(booking, done, now))
      .sort((one, other) => one.start!.localeCompare(other.start!))
      .filter((booking) => !this.#answered.has(booking.id))
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

  answer(id: string): void {
    this.#answered.add(id);
  }

  #marks(booking: Booking): number[] {
    const fits = (text: string | null) =>
      text === null || booking.title?.toLowerCase().includes(text.toLowerCase());
    const rule = this.rules.rules.find(
      ({ endpointId, title }) => fits(title) && (endpointId === null || endpointId === booking.endpointId),
    );
    const leads = this.#own.get(booking.id) ?? rule?.leads ?? this.rules.leads;
    if (booking.start !== null)
      return leads.map((minutes) => Date.parse(booking.start!) - minutes * MINUTE).sort();
    const none = leads.length === 0 && (this.#own.has(booking.id) || rule !== undefined);
    if (booking.date === null || this.rules.dayHour === null || none) return [];
    const [year, month, day] = booking.date.split("-").map(Number);
    return [new Date(year!, month! - 1, day, this.rules.dayHour).getTime()];
  }

  #waiting(booking: Booking, now: Date): string[] {
    return this.#marks(booking)
      .filter((mark) => mark > now.getTime())
      .map((mark) => new Date(mark).toISOString());
  }
}

function bookings(entries: TimelineEntry[]): Booking[] {
  const byBooking = new Map<string, TimelineEntry[]>();
  for (const entry of entries)
    if (entry.bookingId !== null)
      byBooking.set(entry.bookingId, [...(byBooking.get(entry.bookingId) ?? []), entry]);
  return [...byBooking.values()].map(bookingFrom);
}

function isAhead({ id, status, start, end, date }: Booking, done: Map<string, string>, now: Date): boolean {
  if ((status !== "pending" && status !== "confirmed") || done.has(id)) return false;
  if (start !== null) return Date.parse(end ?? start) > now.getTime();
  return date !== null && Date.parse(`${date}T23:59:59`) > now.getTime();
}
