import type { Words } from "../en";

export const calendar: Words["calendar"] = {
  title: "Kalender",
  earlier: "Früher",
  today: "Heute",
  later: "Später",
  cancelledToo: "Auch abgesagte",
  howMany: "Wie viele Tage",
  day: "Tag",
  week: "Woche",
  failed: "Der Kalender ließ sich nicht lesen",
  reading: "Kalender wird gelesen",
  overlaps: "{{number}} Buchungen sind einander im Weg und gekennzeichnet.",
  overlapsList: "Zeigen",
  overlapping: "eine andere Buchung ist ihr im Weg",
  noTime: "Ohne Zeit",
};
