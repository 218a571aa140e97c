import type { Attendee } from "../bindings/types";

export function whoIs({ name, email, phone }: Attendee): string {
  return name?.trim() || email?.trim() || phone?.trim() || "No name given";
}
