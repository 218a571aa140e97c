import type { BookingStatus, EventKind, Trust } from "../bindings/types";
import { t } from "../words/words.svelte";

/** A word in the language that is spoken, and a colour. Colour is never alone: word and icon go with it. */
type Named = { readonly word: string; readonly tone: string };

function kind(name: EventKind, tone: string): Named {
  return {
    tone,
    get word() {
      return t(`shared.kinds.${name}`);
    },
  };
}

export const kinds: Record<EventKind, Named> = {
  created: kind("created", "created"),
  confirmed: kind("confirmed", "confirmed"),
  rescheduled: kind("rescheduled", "rescheduled"),
  cancelled: kind("cancelled", "cancelled"),
  completed: kind("completed", "completed"),
  no_show: kind("no_show", "no-show"),
  updated: kind("updated", "updated"),
  other: kind("other", "other"),
};

export const kindNames = Object.keys(kinds) as EventKind[];

function status(name: BookingStatus, tone: string): Named {
  return {
    tone,
    get word() {
      return t(`shared.statuses.${name}`);
    },
  };
}

export const statuses: Record<BookingStatus, Named> = {
  pending: status("pending", "updated"),
  confirmed: status("confirmed", "confirmed"),
  cancelled: status("cancelled", "cancelled"),
  completed: status("completed", "completed"),
  no_show: status("no_show", "no-show"),
};

function trust(name: Trust) {
  return {
    get word(): string {
      return t(`shared.trusts.${name}.word`);
    },
    get means(): string {
      return t(`shared.trusts.${name}.means`);
    },
  };
}

export const trusts: Record<Trust, { readonly word: string; readonly means: string }> = {
  signed: trust("signed"),
  token_only: trust("token_only"),
};
