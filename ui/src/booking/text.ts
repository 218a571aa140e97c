import type { Booking } from "../bindings/types";
import { statuses } from "../shared/kinds";
import { whoIs } from "../shared/people";
import type { Desk } from "../state/desk.svelte";
import { t } from "../words/words.svelte";

/** A booking as lines of text, for a message or a note elsewhere. The person's own notes are not part of it. */
export function bookingText(booking: Booking, desk: Desk): string {
  const { attendee, host, reason, title } = booking;
  const lines: [string, string | null][] = [
    [t("booking.copy.who"), whoIs(attendee)],
    [t("booking.copy.what"), title],
    [t("booking.copy.when"), desk.times.spoken(booking, desk.now)],
    [t("booking.copy.theirs"), theirTime(booking, desk)],
    [t("booking.copy.status"), statuses[booking.status].word],
    [t("booking.facts.host"), host],
    [t("booking.facts.email"), attendee.email],
    [t("booking.facts.phone"), attendee.phone],
    [t("booking.facts.reason"), reason],
    [t("booking.facts.through"), `${desk.providerName(booking.provider)} · ${booking.endpointLabel}`],
  ];
  return lines.flatMap(([name, said]) => (said ? [`${name}: ${said}`] : [])).join("\n");
}

/** The same time on the attendee's clock, with the zone, where that is another one. */
function theirTime({ start, attendee }: Booking, desk: Desk): string | null {
  if (start === null || attendee.timeZone === null) return null;
  const theirs = desk.times.elsewhere(start, attendee.timeZone);
  return theirs && `${theirs} (${attendee.timeZone})`;
}

/** What a telephone can dial of a number that somebody typed, or `null`: "ask at the desk" is no number. */
export function dialled(phone: string): string | null {
  const digits = phone.replace(/[^+\d]/g, "");
  return /\d/.test(digits) ? `tel:${digits}` : null;
}
