import type { Attendee, EventKind, Problem } from "../../bindings/types";

/** Days from today and the clock there, or minutes before now. */
export type SampleTime = [day: number, clock: string] | { minutesAgo: number };

export type SampleWhen =
  { start: [day: number, clock: string]; minutes: number; date?: never } | { date: number; start?: never };

export type Step = {
  kind: EventKind;
  at: SampleTime;
  eventType?: string;
  to?: SampleWhen;
  reason?: string;
  /** Minutes that the call took to reach us. */
  delayed?: number;
  /** How often the same call came again. */
  repeats?: number;
  /** What the call says anew. */
  title?: string;
  phone?: string;
  unread?: boolean;
  problems?: Problem[];
};

export type Story = {
  endpoint: string;
  title: string | null;
  attendee: Partial<Attendee>;
  host?: string;
  when: SampleWhen | null;
  steps: Step[];
};

const at = (day: number, clock: string, minutes: number): SampleWhen => ({ start: [day, clock], minutes });

/** Five booking systems, eight days, every kind, and the cases that spoil a careless screen. */
export const stories: Story[] = [
  {
    endpoint: "salon",
    title: "Deep tissue massage",
    attendee: { name: "Amelia Brandt", email: "amelia.brandt@example.com", phone: "+49 30 5550 1834" },
    host: "Jonas",
    when: at(2, "14:00", 60),
    steps: [
      { kind: "created", at: [-3, "18:22"], eventType: "booking.created" },
      { kind: "confirmed", at: [-3, "18:25"], eventType: "booking.confirmed" },
      {
        kind: "rescheduled",
        at: { minutesAgo: 4 },
        to: at(3, "10:30", 60),
        eventType: "booking.confirmed",
        unread: true,
      },
    ],
  },
  {
    endpoint: "physio",
    title: "First assessment",
    attendee: { name: "Tomás Ferreira", timeZone: "Europe/Lisbon" },
    host: "Dr. Okafor",
    when: at(1, "09:00", 45),
    steps: [{ kind: "created", at: { minutesAgo: 11 }, eventType: "booking.created", unread: true }],
  },
  {
    endpoint: "tutoring",
    title: "GCSE maths, lesson 6",
    attendee: {
      name: "Priya Raman",
      email: "priya.raman@example.com",
      phone: "+44 20 7946 0958",
      timeZone: "Europe/London",
    },
    when: at(0, "19:00", 60),
    steps: [
      { kind: "created", at: [-6, "11:03"], eventType: "booking.created" },
      {
        kind: "cancelled",
        at: { minutesAgo: 26 },
        reason:
          "Priya has a fever and is staying in bed. So sorry for the short notice, could we find a slot next week?",
        eventType: "booking.cancelled",
        unread: true,
      },
    ],
  },
  {
    endpoint: "studio",
    title: "Studio room B",
    attendee: { name: "ليلى الحداد", email: "layla@example.com" },
    when: { date: 4 },
    steps: [
      { kind: "created", at: { minutesAgo: 52 }, eventType: "bookings.create", unread: true },
      { kind: "confirmed", at: { minutesAgo: 41 }, eventType: "bookings.update" },
    ],
  },
  {
    endpoint: "consult",
    title: "Strategy call",
    attendee: {
      name: "Maximiliane-Charlotte Freifrau von Hohenstaufen-Wittgenstein zu Sayn und Altenkirchen",
    },
    host: "Ruth Adler",
    when: at(1, "09:30", 30),
    steps: [{ kind: "created", at: { minutesAgo: 74 }, eventType: "BOOK" }],
  },
  {
    endpoint: "salon",
    title: "Aromatherapy massage",
    attendee: { name: "Noor van Dijk", email: "noor@example.com" },
    when: at(0, "11:00", 45),
    steps: [
      { kind: "created", at: [-2, "20:40"], eventType: "booking.created" },
      { kind: "completed", at: { minutesAgo: 96 }, eventType: "booking.completed" },
    ],
  },
  {
    endpoint: "physio",
    title: "Follow-up, knee",
    attendee: { name: "Greta Lindqvist" },
    host: "Dr. Okafor",
    when: at(0, "08:30", 30),
    steps: [
      { kind: "created", at: [-5, "09:14"], eventType: "booking.created" },
      { kind: "no_show", at: { minutesAgo: 118 }, eventType: "no_show.detected" },
    ],
  },
  {
    endpoint: "tutoring",
    title: "Spanish conversation",
    attendee: { name: "Chidi Anagonye", email: "chidi@example.com" },
    when: at(1, "18:00", 60),
    steps: [
      { kind: "created", at: [-1, "08:15"], eventType: "booking.created" },
      { kind: "rescheduled", at: [-1, "12:31"], to: at(5, "18:00", 60), eventType: "booking.updated" },
    ],
  },
  {
    endpoint: "salon",
    title: null,
    attendee: { email: "walk-in-7f3a@example.com" },
    when: null,
    steps: [
      {
        kind: "created",
        at: [-1, "21:47"],
        eventType: "booking.created",
        delayed: 312,
        repeats: 2,
        problems: [
          {
            code: "unusable_value",
            message: "What is at /data/start_time is not a moment in time.",
          },
        ],
      },
    ],
  },
  {
    endpoint: "salon",
    title: null,
    attendee: {},
    when: null,
    steps: [{ kind: "other", at: [-1, "17:20"], eventType: "registration.created" }],
  },
  {
    endpoint: "consult",
    title: "Portfolio review",
    attendee: { name: "יעל בן־דוד", timeZone: "Asia/Jerusalem" },
    host: "Ruth Adler",
    when: at(2, "09:30", 45),
    steps: [
      { kind: "created", at: [-4, "13:00"], eventType: "BOOK" },
      {
        kind: "rescheduled",
        at: [-1, "15:02"],
        to: at(6, "11:00", 45),
        reason: "Flight was moved",
        eventType: "RESCHEDULE",
      },
    ],
  },
  {
    endpoint: "studio",
    title: "Studio room A",
    attendee: { name: "Brass Quintet Neukölln", phone: "+49 30 5550 7712" },
    when: { date: 2 },
    steps: [
      { kind: "created", at: [-4, "10:12"], eventType: "bookings.create" },
      { kind: "rescheduled", at: [-1, "10:48"], to: { date: 9 }, eventType: "bookings.update" },
    ],
  },
  {
    endpoint: "physio",
    title: "Back school, group of four",
    attendee: { name: "Hannah Osei" },
    host: "Dr. Okafor",
    when: at(3, "17:30", 60),
    steps: [
      { kind: "created", at: [-2, "16:05"], eventType: "booking.created" },
      {
        kind: "updated",
        at: [-2, "16:19"],
        eventType: "booking.updated",
        title: "Back school, group of six",
        phone: "+49 30 5550 4471",
      },
    ],
  },
  {
    endpoint: "tutoring",
    title: "Physics, exam preparation",
    attendee: { name: "Oskar Nowak", email: "oskar.nowak@example.com" },
    when: at(-1, "16:00", 90),
    steps: [
      { kind: "created", at: [-7, "19:33"], eventType: "booking.created" },
      { kind: "cancelled", at: [-2, "09:58"], eventType: "booking.cancelled", repeats: 1 },
    ],
  },
  {
    endpoint: "consult",
    title: "Late call with Sydney",
    attendee: { name: "Kirra Walsh", email: "kirra@example.com", timeZone: "Australia/Sydney" },
    host: "Ruth Adler",
    when: at(2, "23:30", 60),
    steps: [{ kind: "created", at: [-2, "08:11"], eventType: "BOOK" }],
  },
  {
    endpoint: "salon",
    title: "Hot stone massage",
    attendee: { name: "<b>Robert</b> & Söhne GmbH", email: "office@example.com" },
    when: at(4, "12:00", 75),
    steps: [
      { kind: "created", at: [-3, "14:26"], eventType: "booking.created" },
      {
        kind: "cancelled",
        at: [-3, "15:50"],
        reason: "Booked twice by mistake",
        eventType: "booking.cancelled",
      },
    ],
  },
  {
    endpoint: "physio",
    title: "Manual therapy",
    attendee: { name: "Sina Yazdani" },
    when: at(-3, "10:00", 30),
    steps: [
      { kind: "created", at: [-7, "12:44"], eventType: "booking.created" },
      {
        kind: "rescheduled",
        at: [-5, "07:52"],
        to: at(-3, "13:00", 30),
        delayed: 1490,
        eventType: "booking.rescheduled",
      },
      { kind: "completed", at: [-3, "13:40"], eventType: "booking.completed" },
    ],
  },
  {
    endpoint: "studio",
    title: "Studio room B",
    attendee: { name: "Yuki Tanaka", email: "yuki@example.com" },
    when: { date: -2 },
    steps: [
      { kind: "created", at: [-6, "15:39"], eventType: "bookings.create" },
      {
        kind: "cancelled",
        at: [-4, "17:07"],
        reason: "Rehearsal moved elsewhere",
        eventType: "bookings.delete",
      },
    ],
  },
  {
    endpoint: "salon",
    title: "Foot reflexology",
    attendee: { name: "Amelia Brandt", email: "Amelia.Brandt@example.com" },
    host: "Jonas",
    when: at(-5, "15:00", 45),
    steps: [
      { kind: "created", at: [-7, "10:21"], eventType: "booking.created" },
      { kind: "completed", at: [-5, "15:50"], eventType: "booking.completed" },
    ],
  },
  {
    endpoint: "studio",
    title: "Studio room A",
    attendee: { name: "A. Brandt", email: "amelia.brandt@example.com" },
    when: { date: -6 },
    steps: [
      { kind: "created", at: [-7, "09:40"], eventType: "bookings.create" },
      { kind: "cancelled", at: [-7, "11:12"], reason: "Wrong room", eventType: "bookings.delete" },
    ],
  },
];
