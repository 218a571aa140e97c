import type {
  Backup,
  Booking,
  BookingReminders,
  CalendarBooking,
  CalendarQuery,
  CallsDue,
  Card,
  Change,
  DeliveryPage,
  DeliveryQuery,
  DesktopShows,
  Digest,
  DigestSchedule,
  Endpoint,
  Failure,
  FirstRun,
  Footprint,
  Gap,
  Host,
  KeptRule,
  KindSound,
  KnownPerson,
  Look,
  NewEndpoint,
  NoticeAnswer,
  NoticePage,
  NoticeQuery,
  OverlapPair,
  Overview,
  Pause,
  PersonData,
  PersonQuery,
  Preview,
  Privacy,
  ProviderFacts,
  QuietHours,
  Rejection,
  ReminderRules,
  Reminders,
  Replayed,
  SelfTest,
  Settings,
  SettingsChange,
  Sound,
  Status,
  TimelinePage,
  TimelineQuery,
  WholeDelivery,
  Wishes,
} from "../bindings/types";
import { told } from "../words/words.svelte";

export type Unsubscribe = () => void;

/** All that the window asks of the program. Every call rejects with a `Failure`. */
export interface Backend {
  /** How the window is to look from the first picture on, before anything was asked. */
  readonly firstLook: Look;

  timeline(query: TimelineQuery): Promise<TimelinePage>;
  booking(id: string): Promise<Booking>;
  /** Whether the person is done with a booking. Whatever is heard of it later makes it open again. */
  setDone(id: string, done: boolean): Promise<Booking>;
  addNote(bookingId: string, text: string): Promise<Booking>;
  editNote(id: string, text: string): Promise<Booking>;
  removeNote(id: string): Promise<Booking>;
  /** Reads the calls of a booking again. Nobody is notified. */
  replayBooking(id: string): Promise<Replayed>;
  markRead(eventIds: string[]): Promise<void>;
  /** The newest times in which no call could arrive, newest first. */
  gaps(): Promise<Gap[]>;

  /** When bookings are reminded of, and what comes of that next. */
  reminders(): Promise<Reminders>;
  chooseReminders(rules: ReminderRules): Promise<Reminders>;
  bookingReminders(id: string): Promise<BookingReminders>;
  /** For this booking alone, in minutes before it begins; `null`: it goes by the rules. */
  remindOfBooking(id: string, leads: number[] | null): Promise<BookingReminders>;
  /** What is on the card. */
  cards(): Promise<Card[]>;
  answerCard(bookingId: string, answer: NoticeAnswer): Promise<void>;
  openCard(bookingId: string): Promise<void>;
  /** Bookings that are in each other's way, neither accepted nor over, the next ones first. */
  overlaps(): Promise<OverlapPair[]>;
  /** Whether the person accepts that two bookings are in each other's way at the times that they have now. */
  acceptOverlap(id: string, other: string, accepted: boolean): Promise<Booking>;
  /** How many minutes have to stay free before and after each booking of an endpoint. */
  setBuffer(endpointId: string, minutes: number): Promise<Endpoint>;

  /** The bookings of some days, in the order of their times. */
  calendar(query: CalendarQuery): Promise<CalendarBooking[]>;

  /** What came in since the last digest, what is today, and what may have been missed. */
  digest(): Promise<Digest>;
  digestSchedule(): Promise<DigestSchedule>;
  setDigestSchedule(schedule: DigestSchedule): Promise<DigestSchedule>;

  /** Counts over everything that came since a moment. */
  overview(since: string): Promise<Overview>;

  deliveries(query: DeliveryQuery): Promise<DeliveryPage>;
  delivery(id: string): Promise<WholeDelivery>;
  /** Reads a stored call again. Nobody is notified. */
  replay(id: string): Promise<WholeDelivery>;
  /** Copies a command line that makes the call again. */
  copyAsCurl(id: string): Promise<void>;

  /** What was told, newest first, and what was not, with the reason. */
  notices(query: NoticeQuery): Promise<NoticePage>;
  /** Whether the desktop shows notifications, and what keeps the person from them. */
  desktopShows(): Promise<DesktopShows>;

  endpoints(): Promise<Endpoint[]>;
  providers(): Promise<ProviderFacts[]>;
  addEndpoint(endpoint: NewEndpoint): Promise<Endpoint>;
  removeEndpoint(id: string): Promise<void>;
  addSecret(endpointId: string, secret: string): Promise<Endpoint>;
  retireSecret(endpointId: string, secretId: string): Promise<Endpoint>;
  rejections(): Promise<Rejection[]>;
  /** Copies the endpoint's public address, and remembers that its provider is given this one. */
  copyAddress(endpointId: string): Promise<void>;
  /** Sends a call the whole way from the public address to the notification. */
  selfTest(endpointId: string): Promise<SelfTest>;

  status(): Promise<Status>;
  settings(): Promise<Settings>;
  saveSettings(change: SettingsChange): Promise<Settings>;
  setNgrokToken(token: string | null): Promise<Settings>;
  /** What the tunnel waits to try, it tries at once. */
  tryNow(): Promise<void>;
  /** `null` resumes them. */
  pauseNotifications(pause: Pause | null): Promise<Status>;
  testNotification(): Promise<void>;
  saveLook(look: Look): Promise<Settings>;
  setNotificationPrivacy(privacy: Privacy): Promise<Settings>;
  startAtLogin(on: boolean): Promise<Settings>;
  /** What the person said of how notices are told. */
  wishes(): Promise<Wishes>;
  /** These rules in this order, and no others. One without an id is new. */
  keepRules(rules: KeptRule[]): Promise<Wishes>;
  keepQuietHours(quietHours: QuietHours): Promise<Wishes>;
  keepSounds(sounds: KindSound[]): Promise<Wishes>;
  /** What these would have changed about the newest notices. */
  previewRules(rules: KeptRule[], quietHours: QuietHours): Promise<Preview>;
  /** Shows a test notification with a sound. */
  trySound(sound: Sound): Promise<void>;
  /** Every host that the program connects to. */
  hosts(): Promise<Host[]>;

  footprint(): Promise<Footprint>;
  openDataFolder(): Promise<void>;
  /** Asks for a file in the system's dialog. `null` when the person closed it. */
  backUp(): Promise<Backup | null>;
  /** Asks for a file in the system's dialog, and remembers it for `restore`. */
  chooseBackup(): Promise<Backup | null>;
  /** The program ends, and starts again with the backup that was chosen. */
  restore(): Promise<void>;
  /** What a rule would remove at once; `null` is for ever. */
  callsDue(days: number | null): Promise<CallsDue>;
  /** Gives how many calls the rule applied to at once. */
  keepCallsFor(days: number | null): Promise<number>;
  findPeople(text: string): Promise<KnownPerson[]>;
  personData(person: PersonQuery): Promise<PersonData>;
  erasePerson(person: PersonQuery): Promise<PersonData>;

  /** Where the first run stands; `null`: it has not begun. */
  firstRun(): Promise<FirstRun | null>;
  saveFirstRun(firstRun: FirstRun): Promise<void>;
  /** Opens the demo beside this window, with invented bookings of its own. */
  startDemo(): Promise<void>;

  copyText(text: string): Promise<void>;
  openLink(url: string): Promise<void>;

  onChange(callback: (change: Change) => void): Unsubscribe;
}

/** Whatever was thrown, in the one shape that the screens show, its message in the language that is spoken then. */
export function asFailure(thrown: unknown): Failure {
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) {
    const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : null;
    return failure(code, String(thrown.message));
  }
  return failure(null, String(thrown));
}

function failure(code: string | null, said: string): Failure {
  return {
    code,
    get message() {
      return told(said);
    },
  };
}
