import type { Attendee } from "../bindings/types";
import { t } from "../words/words.svelte";

export function whoIs({ name, email, phone }: Attendee): string {
  return name?.trim() || email?.trim() || phone?.trim() || t("shared.noName");
}
