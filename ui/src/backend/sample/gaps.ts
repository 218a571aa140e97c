import type { AffectedEndpoint, Endpoint, Gap, Provider } from "../../bindings/types";

const MINUTE = 60_000;

type Said = Pick<AffectedEndpoint, "outlook" | "until" | "summary" | "advice">;

/** What the program says of each provider; `until` in minutes from now. */
function said(provider: Provider, span: string, over: boolean, trying: Said): Said {
  const check = (outlook: Said["outlook"], summary: string, look: string): Said => ({
    outlook,
    until: null,
    summary,
    advice: over ? `${look} ${span}.` : `Once Bellhop can be reached again: ${look} ${span}.`,
  });
  switch (provider) {
    case "webkasa":
      return trying;
    case "bookora":
      return check(
        "given_up",
        `Bookora sends a failed call again up to three times and does not publish when. ${
          over
            ? "For the calls of this time that is probably over."
            : "For the first calls of this time that may be over."
        }`,
        "Open Bookora's calendar and compare the bookings that were made, moved or cancelled",
      );
    case "kordless":
      return check(
        "unknown",
        "Kordless sends failed calls again and does not publish when, or for how long.",
        "Compare Kordless's calendar with the timeline, for bookings that were made, moved or cancelled",
      );
    case "reservekit":
      return check(
        "unknown",
        "ReserveKit says that a call may come again and does not publish when, or for how long.",
        "Look through the webhook's delivery logs in ReserveKit's Developer Portal for calls that failed",
      );
    case "orufy":
      return check(
        "unknown",
        "Orufy Bookings does not publish whether it sends a failed call again.",
        "Look for Orufy's alert e-mail, and compare its calendar with the timeline, for meetings that were booked, moved or cancelled",
      );
  }
}

/** Two gaps that are over, and in trouble a third that goes on. */
export function sampleGaps(endpoints: Endpoint[], now: Date, trouble: boolean): Gap[] {
  const moment = (minutesAgo: number) => new Date(now.getTime() - minutesAgo * MINUTE).toISOString();
  const clock = (at: string) =>
    new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const day = (at: string) =>
    new Date(at)
      .toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" })
      .replace(",", "");
  function gap(id: string, about: Omit<Gap, "id" | "endpoints">, trying: Said): Gap {
    const { beganAt, endedAt } = about;
    const span = endedAt ? `between ${clock(beganAt)} and ${clock(endedAt)}` : `from ${clock(beganAt)} on`;
    const affected = endpoints.filter(({ createdAt }) => createdAt < (endedAt ?? moment(0)));
    return {
      id,
      ...about,
      endpoints: affected.map(({ id: endpointId, label, provider }) => ({
        endpointId,
        label,
        provider,
        ...said(provider, span, endedAt !== null, trying),
      })),
    };
  }
  const gaps = [
    gap(
      "g2",
      { cause: "asleep", beganAt: moment(300), endedAt: moment(150), message: "The computer was asleep." },
      {
        outlook: "retrying",
        until: moment(-30),
        summary: `WebKasa still sends again what failed in this time, until ${clock(moment(-30))}.`,
        advice: "Nothing needs to be done while Bellhop can be reached.",
      },
    ),
    gap(
      "g1",
      {
        cause: "not_running",
        beganAt: moment(41 * 60),
        endedAt: moment(31 * 60 + 40),
        message: "Bellhop was not running.",
      },
      {
        outlook: "settled",
        until: null,
        summary: "WebKasa has sent again since what failed in this time.",
        advice: "Nothing needs to be done.",
      },
    ),
  ];
  if (!trouble) return gaps;
  const until = moment(12 - (26 * 60 + 36));
  const going = gap(
    "g3",
    {
      cause: "tunnel",
      beganAt: moment(12),
      endedAt: null,
      message: "The public address did not lead to Bellhop. Ngrok does not answer.",
    },
    {
      outlook: "retrying",
      until,
      summary: `WebKasa keeps trying. It gives up the first calls of this time at ${clock(until)} on ${day(until)}.`,
      advice: "Nothing is lost if Bellhop can be reached again before then.",
    },
  );
  return [going, ...gaps];
}
