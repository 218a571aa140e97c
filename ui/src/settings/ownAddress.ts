import { t } from "../words/words.svelte";

/** What is wrong with an address of the person's own; the program takes https and a host alone. */
export function ownAddressFault(typed: string): string | null {
  const text = typed.trim();
  if (/^http:\/\//i.test(text)) return t("settings.own.faults.open");
  if (!/^https:\/\//.test(text)) return t("settings.own.faults.scheme");
  const host = text.slice("https://".length).replace(/\/+$/, "");
  if (host === "") return t("settings.own.faults.empty");
  if (/[/?#\\]/.test(host)) return t("settings.own.faults.more");
  if (/[@\s]/.test(host) || !URL.canParse(`https://${host}`)) return t("settings.own.faults.noHost");
  return null;
}
