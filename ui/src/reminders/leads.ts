import { t } from "../words/words.svelte";

/** The times before a booking that are offered, in minutes. */
export const offeredLeads = [0, 5, 10, 15, 30, 60, 120, 1440];

/** So many can be chosen for one booking. */
export const mostLeads = 5;

/** `15 minutes`, `2 hours`; a booking's own beginning has words of its own. */
export function leadWord(minutes: number, locale: string): string {
  if (minutes === 0) return t("reminders.leads.start");
  const [unit, count] =
    minutes % 1440 === 0
      ? ["day", minutes / 1440]
      : minutes % 60 === 0
        ? ["hour", minutes / 60]
        : ["minute", minutes];
  return new Intl.NumberFormat(locale, { style: "unit", unit: String(unit), unitDisplay: "long" }).format(
    Number(count),
  );
}

/** `1 hour and 15 minutes before`, or that there is none. */
export function leadsWord(leads: number[], locale: string): string {
  if (leads.length === 0) return t("reminders.leads.none");
  const words = leads.map((minutes) => leadWord(minutes, locale));
  const all = new Intl.ListFormat(locale, { type: "conjunction" }).format(words);
  return leads.length === 1 && leads[0] === 0 ? all : t("reminders.leads.before", { all });
}
