import type { DataContent } from "../bindings/types";
import { t } from "../words/words.svelte";

/** What is in a database, one line each. */
export function contentLines({ bookings, deliveries, endpoints }: DataContent, locale: string): string[] {
  const number = new Intl.NumberFormat(locale);
  const said = (count: number) => ({ count, number: number.format(count) });
  return [
    t("settings.data.bookings", said(bookings)),
    t("settings.data.calls", said(deliveries)),
    t("settings.data.endpoints", said(endpoints)),
  ];
}
