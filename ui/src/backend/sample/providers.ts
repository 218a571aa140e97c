import type { ProviderFacts } from "../../bindings/types";

export const sampleProviders: ProviderFacts[] = [
  {
    provider: "webkasa",
    name: "WebKasa",
    secret: "required",
    secretName: "Webhook secret",
    setup: [
      "In WebKasa, open Settings → Developers → Webhooks.",
      "Choose “Add endpoint” and paste the address above.",
      "Tick booking.created, booking.confirmed, booking.cancelled and booking.completed.",
      "Copy the webhook secret that WebKasa shows and paste it here.",
    ],
    setupPage: "https://www.webkasa.app/developers/guides/webhooks",
    honesty:
      "WebKasa sends nothing when a booking is moved. Bellhop compares the times of every call to notice it.",
  },
  {
    provider: "bookora",
    name: "Bookora",
    secret: "required",
    secretName: "Webhook secret",
    setup: [
      "In Bookora, open Developer Settings → Webhooks.",
      "Register the address above as a webhook endpoint.",
      "Subscribe to booking.created, booking.rescheduled, booking.cancelled and no_show.detected.",
      "Use the same secret here and there, one for each endpoint.",
    ],
    setupPage: "https://bookora-v3.pages.dev/docs/api/webhooks/",
    honesty: "Bookora tries three times only. What it sends while this computer is off is probably lost.",
  },
  {
    provider: "kordless",
    name: "Kordless",
    secret: "required",
    secretName: "Webhook secret",
    setup: [
      "In Kordless, open Calendar → Settings → Webhooks.",
      "Add a webhook with the address above and choose all three booking events.",
      "Copy the webhook secret and paste it here.",
    ],
    setupPage: "https://docs.kordless.ai/api/webhooks/setup",
    honesty:
      "Kordless does not publish how its signature is made. Bellhop tries the known forms and keeps the one that fits.",
  },
  {
    provider: "reservekit",
    name: "ReserveKit",
    secret: "none",
    secretName: "",
    setup: [
      "Log in to the ReserveKit dashboard and open the Webhooks page.",
      "Choose “Create a Webhook”, pick the service and paste the address above.",
      "Select bookings.create, bookings.update and bookings.delete, then save.",
    ],
    setupPage: "https://docs.reservekit.io/getting-started/webhooks",
    honesty:
      "ReserveKit signs nothing and sends dates without a time. Its calls are known only by their secret address, so share it with nobody.",
  },
  {
    provider: "orufy",
    name: "Orufy Bookings",
    secret: "optional",
    secretName: "Secret Token",
    setup: [
      "In Orufy, open Settings → Webhooks and choose “Create Webhook”.",
      "Paste the address above as the Subscriber URL.",
      "Tick Meeting Booked, Meeting Canceled and Meeting Rescheduled.",
      "Enter the same Secret Token as here, then save.",
    ],
    setupPage: "https://orufy.com/support/bookings/settings/webhooks",
    honesty:
      "Orufy does not say how its Secret Token travels. Until a real call has shown it, the address is the only check.",
  },
];
