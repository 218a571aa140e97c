import type { Words } from "../en";

export const overlaps: Words["overlaps"] = {
  word: "Überschneidung",
  means: "Eine andere Buchung ist ihr im Weg. Öffnen Sie sie, um zu sehen, welche, und es hinzunehmen.",
  title_one: "Eine andere Buchung ist ihr im Weg",
  title_other: "{{count}} andere Buchungen sind ihr im Weg",
  acceptedTitle: "Eine Überschneidung, die Sie hinnehmen",
  sameTime: "Beide wollen dieselbe Zeit",
  noTime: "Keine Zeit dazwischen",
  onlyMinutes_one: "Nur {{count}} Minute dazwischen",
  onlyMinutes_other: "Nur {{count}} Minuten dazwischen",
  accept: "Hinnehmen",
  acceptThis: "Hinnehmen: Überschneidung mit {{who}}",
  acceptPair: "Hinnehmen: Überschneidung von {{one}} und {{other}}",
  done: "Hingenommen. Sie ist nicht mehr gekennzeichnet.",
  acceptedAt: "Hingenommen {{moment}}",
  undo: "Rückgängig",
  undoThis: "Rückgängig: Die Überschneidung mit {{who}} doch nicht hinnehmen",
  hint: "Sie bleibt gekennzeichnet, bis eine der beiden in ihrem Buchungssystem verlegt oder abgesagt wird oder Sie sie hinnehmen.",
  failed: "Das ließ sich nicht ändern",
};
