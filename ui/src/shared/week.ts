const MONDAY = Date.UTC(2026, 0, 5);
const DAY = 86_400_000;

/** The name of a day of the week, Monday being 0. */
export function dayName(day: number, locale: string, length: "long" | "short" = "long"): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: length, timeZone: "UTC" });
  return format.format(MONDAY + day * DAY);
}

/** The days of the week in the order of the person's own, Monday being 0. */
export function daysInOrder(locale: string): number[] {
  const spoken = new Intl.Locale(locale) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  const first = (spoken.getWeekInfo?.() ?? spoken.weekInfo)?.firstDay ?? 1;
  return Array.from({ length: 7 }, (_, place) => (first - 1 + place) % 7);
}
