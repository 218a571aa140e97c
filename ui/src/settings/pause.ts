/** Midnight would ring at night, so "tomorrow" begins when people get up. */
const HOUR = 8;

/** The hour in a form that the clock format reads; without a zone it is local. */
export const MORNING = `2026-01-01T0${HOUR}:00:00`;

export function minutesUntilTomorrow(now: Date): number {
  const morning = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, HOUR);
  return Math.ceil((morning.getTime() - now.getTime()) / 60_000);
}
