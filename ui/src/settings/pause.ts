import type { Status } from "../bindings/types";

/** Whether notifications are paused. A pause that is over may still be in the last answer of the program. */
export function isPaused(status: Status | null, now: Date): boolean {
  const until = status?.notificationsPausedUntil ?? null;
  return status?.notificationsPaused === true && (until === null || Date.parse(until) > now.getTime());
}

/** Midnight would ring at night, so "tomorrow" begins when people get up. */
const HOUR = 8;

/** The hour in a form that the clock format reads; without a zone it is local. */
export const MORNING = `2026-01-01T0${HOUR}:00:00`;

export function minutesUntilTomorrow(now: Date): number {
  const morning = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, HOUR);
  return Math.ceil((morning.getTime() - now.getTime()) / 60_000);
}
