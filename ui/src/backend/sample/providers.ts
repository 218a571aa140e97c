import type { ProviderFacts } from "../../bindings/types";

export const sampleProviders: ProviderFacts[] = [
  {
    provider: "webkasa",
    name: "WebKasa",
    secret: "required",
    secretName: "Webhook secret",
    setup: [
      "Open the WebKasa dashboard and go to Webhooks.",
      "Add an endpoint and paste the address.",
      "Choose all booking events.",
      "Copy the webhook secret and paste it here.",
    ],
    setupPage: "https://www.webkasa.app/developers/guides/webhooks",
    honesty:
      "WebKasa has no event for a move: Bellhop sees one when a later call brings another time. It retries for 26 hours.",
  },
  {
    provider: "bookora",
    name: "Bookora",
    secret: "required",
    secretName: "Webhook secret",
    setup: [
      "Open Bookora and go to Developer Settings.",
      "Register a webhook endpoint and paste the address as its URL.",
      "Subscribe to booking.created, booking.rescheduled, booking.cancelled and no_show.detected.",
      "Copy the webhook secret and paste it here.",
    ],
    setupPage: "https://bookora-v3.pages.dev/docs/api/webhooks/",
    honesty:
      "Bookora sends a failed call again up to three times and then gives up. It sends no e-mail address or phone number.",
  },
  {
    provider: "kordless",
    name: "Kordless",
    secret: "required",
    secretName: "Webhook secret",
    setup: [
      "Open Kordless and go to Calendar → Settings → Webhooks.",
      "Add a webhook and paste the address into its URL field.",
      "Choose the events booking.created, booking.updated and booking.cancelled.",
      "Save, copy the webhook secret and paste it here.",
    ],
    setupPage: "https://docs.kordless.ai/api/webhooks/setup",
    honesty: "Kordless sends the id of a service, not its name.",
  },
  {
    provider: "reservekit",
    name: "ReserveKit",
    secret: "none",
    secretName: "",
    setup: [
      "Log in to the ReserveKit Dashboard and open the Webhooks page.",
      "Click Create a Webhook and choose the service.",
      "Paste the address as the webhook URL.",
      "Select bookings.create, bookings.update and bookings.delete, then save.",
      "Repeat this for every service: a ReserveKit webhook belongs to one.",
    ],
    setupPage: "https://docs.reservekit.io/getting-started/webhooks",
    honesty:
      "ReserveKit does not sign its calls: they are trusted because nobody else knows this address. It sends a date without a time of day.",
  },
  {
    provider: "orufy",
    name: "Orufy Bookings",
    secret: "optional",
    secretName: "Secret Token",
    setup: [
      "Log in to Orufy Bookings, open Settings and select Webhooks.",
      "Click Create Webhook and paste the address as the Subscriber URL.",
      "Under Select Event Triggers choose Meeting Booked, Meeting Canceled and Meeting Rescheduled.",
      "Select the event type.",
      "If you set a secret here, enter the same text as the Secret Token, then save.",
    ],
    setupPage: "https://orufy.com/support/bookings/settings/webhooks",
    honesty:
      "Orufy does not publish how its Secret Token travels. Bellhop learns it from the first genuine call; without a secret, the unguessable address alone is trusted.",
  },
];
