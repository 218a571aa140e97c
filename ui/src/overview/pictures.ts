import { type CalendarDate, DateFormatter, parseDate, startOfWeek } from "@internationalized/date";
import type { Overview, Provider } from "../bindings/types";
import { t } from "../words/words.svelte";

export type Act = "created" | "rescheduled" | "cancelled";

/** One bar a label, one colour a series. `what` names the labels. */
export type Picture = { what: string; labels: string[]; series: { name: string; values: number[] }[] };

/** More days than this are shown by the week. */
const MOST_DAYS = 45;

/** What happened day by day or week by week, each provider in its colour. Days without anything are there too. */
export function byTime(
  overview: Overview,
  act: Act,
  { from, to }: { from: CalendarDate; to: CalendarDate },
  locale: string,
  nameOf: (provider: Provider) => string,
): Picture {
  const weekly = to.compare(from) > MOST_DAYS;
  const bucket = (day: CalendarDate) => (weekly ? startOfWeek(day, locale) : day);
  const keys: CalendarDate[] = [];
  for (let day = bucket(from); day.compare(to) <= 0; day = day.add(weekly ? { weeks: 1 } : { days: 1 }))
    keys.push(day);
  const rows = new Map(keys.map((key, row) => [key.toString(), row]));
  const providers = [...new Set(overview.days.map((day) => day.provider))].sort();
  const series = providers.map((provider) => ({ name: nameOf(provider), values: keys.map(() => 0) }));
  for (const day of overview.days) {
    const row = rows.get(bucket(parseDate(day.date)).toString());
    if (row !== undefined) series[providers.indexOf(day.provider)]!.values[row]! += day[act];
  }
  const format = new DateFormatter(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const labels = keys.map((key) => format.format(key.toDate("UTC")));
  return { what: weekly ? t("overview.weekFrom") : t("overview.day"), labels, series };
}

export function byLead({ leadDays, lead }: Overview): Picture {
  const labels = leadDays.map((end, index) => {
    const begin = index === 0 ? 0 : leadDays[index - 1]! + 1;
    if (end === 0) return t("overview.sameDay");
    if (begin === end) return t("overview.days", { count: end });
    return t("overview.daysRange", { from: begin, to: end });
  });
  const longest = leadDays.at(-1) ?? 0;
  return {
    what: t("overview.bookedBefore"),
    labels: [...labels, t("overview.overDays", { days: longest })],
    series: [{ name: t("overview.bookings"), values: lead }],
  };
}

export function byHour({ hours }: Overview, clock: (hour: number) => string): Picture {
  const used = hours.flatMap((count, hour) => (count > 0 ? [hour] : []));
  const [first, last] = [Math.min(8, ...used), Math.max(18, ...used)];
  const shown = hours.map((_, hour) => hour).filter((hour) => hour >= first && hour <= last);
  return {
    what: t("overview.beginsAt"),
    labels: shown.map(clock),
    series: [{ name: t("overview.bookings"), values: shown.map((hour) => hours[hour]!) }],
  };
}
