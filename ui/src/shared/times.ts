import type { TimelineEntry } from "../bindings/types";
import { languageOfTag, t, type Language } from "../words/words.svelte";
import { kinds } from "./kinds";
import { whoIs } from "./people";

export type Spoken = { locale: string; hourCycle: "h11" | "h12" | "h23" | "h24"; timeZone: string };

/** A time as the providers give it: with a clock, or a date alone. */
export type When = { start: string | null; end: string | null; date: string | null };

/** `time` is null when none was given: it is then left out, never invented. */
export type SpokenWhen = { day: string; time: string | null };

export type Times = ReturnType<typeof createTimes>;

const DAY = 86_400_000;

export const hourCycles = { h12: "h12", h24: "h23" } as const;

const elsewhereSpoken: Record<Language, string> = { en: "en-GB", de: "de-DE" };

/** The language as it is spoken where the person is, if it is; the clock (12 or 24 hours) is the person's own. */
export function localeOfPerson(language: Language): Omit<Spoken, "timeZone"> {
  const own = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
  const told = window.__BELLHOP_SYSTEM__?.clock;
  const wanted = [own.locale, ...navigator.languages];
  return {
    locale: wanted.find((tag) => languageOfTag(tag) === language) ?? elsewhereSpoken[language],
    hourCycle: told ? hourCycles[told] : (own.hourCycle ?? "h23"),
  };
}

export function createTimes({ locale, hourCycle, timeZone }: Spoken) {
  const format = (options: Intl.DateTimeFormatOptions, zone = timeZone) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  const clockOptions = {
    hour: hourCycle === "h23" ? "2-digit" : "numeric",
    minute: "2-digit",
    hourCycle,
  } as const;
  const clockFormat = format(clockOptions);
  const exactFormat = format({ ...clockOptions, day: "numeric", month: "short", second: "2-digit" });
  const keyFormat = new Intl.DateTimeFormat("en", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  // A date without a time has no zone: it is read and written in UTC so that it never shifts.
  const short = format({ weekday: "short", day: "numeric", month: "short" }, "UTC");
  const shortWithYear = format({ weekday: "short", day: "numeric", month: "short", year: "numeric" }, "UTC");
  const long = format({ weekday: "long", day: "numeric", month: "long" }, "UTC");
  const longWithYear = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }, "UTC");
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

  /** The day in the person's zone as 2026-11-27. */
  function dayKey(at: Date | string): string {
    // No locale is the same in every WebView, so the key is put together from its parts.
    const parts = keyFormat.formatToParts(new Date(at));
    const part = (type: Intl.DateTimeFormatPartTypes) =>
      parts.find((found) => found.type === type)?.value ?? "";
    return `${part("year")}-${part("month")}-${part("day")}`;
  }
  const utc = (key: string) => new Date(`${key}T00:00:00Z`);
  const daysBetween = (from: string, to: string) =>
    Math.round((utc(to).getTime() - utc(from).getTime()) / DAY);

  function nearWord(key: string, now: Date): string | null {
    const away = daysBetween(dayKey(now), key);
    return Math.abs(away) <= 1 ? relative.format(away, "day") : null;
  }

  function dayName(
    key: string,
    now: Date,
    plain: Intl.DateTimeFormat,
    withYear: Intl.DateTimeFormat,
  ): string {
    if (Number.isNaN(utc(key).getTime())) return key;
    const sameYear = key.slice(0, 4) === dayKey(now).slice(0, 4);
    return nearWord(key, now) ?? (sameYear ? plain : withYear).format(utc(key));
  }
  const atBeginning = (said: string) => said.charAt(0).toLocaleUpperCase(locale) + said.slice(1);

  const dayHeading = (key: string, now: Date) => atBeginning(dayName(key, now, long, longWithYear));
  const innerDay = (key: string, now: Date) => dayName(key, now, short, shortWithYear);
  const day = (key: string, now: Date) => atBeginning(innerDay(key, now));
  const clock = (at: string) => clockFormat.format(new Date(at));
  const utcClockFormat = format(clockOptions, "UTC");
  /** A full hour of any day. */
  const clockOfHour = (hour: number) => utcClockFormat.format(Date.UTC(2000, 0, 1, hour));
  /** A time of any day, such as 22:00. */
  const clockOfTime = (time: string) => utcClockFormat.format(new Date(`2000-01-01T${time}:00Z`));
  /** To the second, for whoever compares it with what a booking system says. */
  const exact = (at: string) => exactFormat.format(new Date(at));
  const innerMoment = (at: string, now: Date) => `${innerDay(dayKey(at), now)}, ${clock(at)}`;
  const moment = (at: string, now: Date) => atBeginning(innerMoment(at, now));

  function when({ start, end, date }: When, now: Date): SpokenWhen | null {
    if (start === null) return date === null ? null : { day: day(date, now), time: null };
    const from = dayKey(start);
    if (end === null) return { day: day(from, now), time: clock(start) };
    const time =
      from === dayKey(end)
        ? clockFormat.formatRange(new Date(start), new Date(end))
        : t("shared.times.range", { from: clock(start), to: innerMoment(end, now) });
    return { day: day(from, now), time };
  }

  /** A moment after "since" or "until": today's needs no day. */
  const shortMoment = (at: string, now: Date) =>
    dayKey(at) === dayKey(now) ? clock(at) : innerMoment(at, now);

  function spoken(times: When, now: Date): string | null {
    const said = when(times, now);
    return said && (said.time ? `${said.day}, ${said.time}` : said.day);
  }

  /** The same moment on the attendee's clock, when it differs from ours. */
  function elsewhere(start: string, zone: string): string | null {
    try {
      const theirs = format({ weekday: "short", ...clockOptions }, zone).format(new Date(start));
      const ours = format({ weekday: "short", ...clockOptions }).format(new Date(start));
      return theirs === ours ? null : theirs;
    } catch {
      // A zone that this computer does not know.
      return null;
    }
  }

  function ago(at: string, now: Date): string {
    const minutes = Math.round((new Date(at).getTime() - now.getTime()) / 60_000);
    if (minutes > -1) return t("shared.times.justNow");
    if (minutes > -60) return relative.format(minutes, "minute");
    if (minutes > -24 * 60) return relative.format(Math.round(minutes / 60), "hour");
    return relative.format(daysBetween(dayKey(now), dayKey(at)), "day");
  }

  /** One line for a screen reader. */
  function sentence(entry: TimelineEntry, now: Date): string {
    const told = spoken(entry, now);
    return [`${kinds[entry.kind].word}: ${whoIs(entry.attendee)}`, entry.title, told]
      .filter(Boolean)
      .join(", ");
  }

  return {
    dayKey,
    dayHeading,
    clock,
    clockOfHour,
    clockOfTime,
    exact,
    moment,
    shortMoment,
    when,
    spoken,
    elsewhere,
    ago,
    sentence,
    locale,
    hourCycle,
    timeZone,
  };
}

/** `null` once the time has come. */
export function timeLeft(milliseconds: number): string | null {
  const seconds = Math.ceil(milliseconds / 1000);
  if (!(seconds > 0)) return null;
  if (seconds < 60) return t("shared.times.seconds", { seconds });
  const minutes = Math.floor(seconds / 60);
  return seconds % 60 === 0
    ? t("shared.times.minutes", { minutes })
    : t("shared.times.minutesAndSeconds", { minutes, seconds: seconds % 60 });
}

/** A length of time, to the minute. */
export function hoursAndMinutes(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours >= 48) return t("shared.times.days", { days: Math.round(hours / 24) });
  if (hours === 0) return t("shared.times.minutes", { minutes: rest });
  return rest === 0
    ? t("shared.times.hours", { hours })
    : t("shared.times.hoursAndMinutes", { hours, minutes: rest });
}
