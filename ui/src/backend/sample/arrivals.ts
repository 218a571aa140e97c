import type { Story } from "./stories";

/** What arrives while the window is open, in turn. */
export const arrivals: Story[] = [
  {
    endpoint: "salon",
    title: "Neck and shoulder massage",
    attendee: { name: "Elif Kaya", email: "elif.kaya@example.com" },
    host: "Jonas",
    when: { start: [1, "13:00"], minutes: 30 },
    steps: [{ kind: "created", at: { minutesAgo: 0 }, eventType: "booking.created", unread: true }],
  },
  {
    endpoint: "tutoring",
    title: "Latin, beginners",
    attendee: { name: "Fionn O’Brien", email: "fionn@example.com", timeZone: "Europe/Dublin" },
    when: { start: [2, "17:00"], minutes: 60 },
    steps: [{ kind: "created", at: { minutesAgo: 0 }, eventType: "booking.created", unread: true }],
  },
  {
    endpoint: "studio",
    title: "Studio room A",
    attendee: { name: "Marisol Quispe" },
    when: { date: 3 },
    steps: [{ kind: "created", at: { minutesAgo: 0 }, eventType: "bookings.create", unread: true }],
  },
];
