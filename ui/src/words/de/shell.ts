import type { Words } from "../en";

export const shell: Words["shell"] = {
  places: {
    timeline: "Verlauf",
    booking: "Buchung",
    digest: "Heute",
    calendar: "Kalender",
    overview: "Überblick",
    notices: "Benachrichtigungen",
    deliveries: "Aufrufe",
    delivery: "Aufruf",
    endpoints: "Endpunkte",
    "new-endpoint": "Neuer Endpunkt",
    settings: "Einstellungen",
    welcome: "Einrichtung",
  },
  screens: "Ansichten",
  skip: "Zum Inhalt springen",
  demo: "Demo",
  demoMeans: "Diese Buchungen sind erfunden",
  unread: "{{number}} ungelesen",
  newEntries: "{{number}} neue Einträge",
  tunnel: {
    reachableAt: "Erreichbar unter {{url}}",
    because: "{{word}}: {{cause}}",
  },
  paused: {
    label: "Benachrichtigungen pausieren",
    until: "bis {{moment}}. Buchungen kommen weiterhin hier an.",
    open: "bis Sie sie fortsetzen. Buchungen kommen weiterhin hier an.",
    resume: "Fortsetzen",
    failed: "Die Benachrichtigungen ließen sich nicht fortsetzen",
  },
  stale: {
    label: "Ihre öffentliche Adresse hat sich geändert",
    calls_one: "1 Buchungssystem ruft noch die alte auf.",
    calls_other: "{{count}} Buchungssysteme rufen noch die alte auf.",
    show: "Zeigen",
    open: "Endpunkte öffnen",
  },
};
