import type { BookingStatus, EventKind, Trust } from "../bindings/types";

/** The word and the colour of each kind. Colour is never alone: word and icon go with it. */
export const kinds: Record<EventKind, { word: string; tone: string }> = {
  created: { word: "New booking", tone: "created" },
  confirmed: { word: "Confirmed", tone: "confirmed" },
  rescheduled: { word: "Rescheduled", tone: "rescheduled" },
  cancelled: { word: "Cancelled", tone: "cancelled" },
  completed: { word: "Completed", tone: "completed" },
  no_show: { word: "No-show", tone: "no-show" },
  updated: { word: "Updated", tone: "updated" },
  other: { word: "Other", tone: "other" },
};

export const kindNames = Object.keys(kinds) as EventKind[];

export const statuses: Record<BookingStatus, { word: string; tone: string }> = {
  pending: { word: "Not confirmed yet", tone: "updated" },
  confirmed: { word: "Confirmed", tone: "confirmed" },
  cancelled: { word: "Cancelled", tone: "cancelled" },
  completed: { word: "Completed", tone: "completed" },
  no_show: { word: "No-show", tone: "no-show" },
};

export const trusts: Record<Trust, { word: string; means: string }> = {
  signed: { word: "Signed", means: "The call carried a signature that only your booking system can make." },
  token_only: {
    word: "Address only",
    means: "This booking system signs nothing. The call is known only by the secret address it came to.",
  },
};
