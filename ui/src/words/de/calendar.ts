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
  overlaps: "{{number}} Buchungen wollen dieselbe Zeit wie eine andere. Sie sind gekennzeichnet.",
  overlapping: "will dieselbe Zeit wie eine andere Buchung",
  noTime: "Ohne Zeit",
};
