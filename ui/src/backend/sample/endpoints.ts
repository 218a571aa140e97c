import type { Endpoint } from "../../bindings/types";

const MINUTE = 60_000;

export function sampleEndpoints(now: Date): Endpoint[] {
  const ago = (minutes: number) => new Date(now.getTime() - minutes * MINUTE).toISOString();
  const days = 24 * 60;
  const base = {
    lastRejection: null,
    signatureForm: null,
    staleAddress: null,
    silence: null,
    bufferMinutes: 0,
  };
  const signed = { ...base, trust: "signed" as const };
  const endpoints: Endpoint[] = [
    {
      ...signed,
      id: "salon",
      provider: "webkasa",
      label: "Salon front desk",
      path: "/hooks/wk_q3v8Zt1mD0s7Lr2f",
      publicUrl: null,
      secrets: [
        { id: "s1", createdAt: ago(90 * days), lastUsedAt: ago(9 * days) },
        { id: "s2", createdAt: ago(9 * days), lastUsedAt: ago(4) },
      ],
      createdAt: ago(90 * days),
      lastDeliveryAt: ago(4),
    },
    {
      ...signed,
      id: "tutoring",
      provider: "kordless",
      label: "Tutoring",
      path: "/hooks/kl_Yb61nW9cXe4Uo5ga",
      publicUrl: null,
      secrets: [{ id: "s3", createdAt: ago(40 * days), lastUsedAt: ago(26) }],
      signatureForm: "signature over the raw body",
      createdAt: ago(40 * days),
      lastDeliveryAt: ago(26),
      lastRejection: {
        id: "r1",
        at: ago(8),
        endpointId: "tutoring",
        reason: "signature_mismatch",
        hint: "The signature does not fit the secret of this endpoint. If the call is genuine, the secret is not the one that Kordless uses: copy it again from Kordless's webhook settings.",
      },
    },
    {
      ...signed,
      id: "physio",
      provider: "bookora",
      label: "Physio practice, Dr. Okafor and team, second floor",
      path: "/hooks/bk_0pTz7Kd3RmVq8sJh",
      publicUrl: null,
      secrets: [{ id: "s4", createdAt: ago(61 * days), lastUsedAt: ago(11) }],
      createdAt: ago(61 * days),
      lastDeliveryAt: ago(11),
    },
    {
      ...base,
      trust: "token_only",
      id: "studio",
      provider: "reservekit",
      label: "Studio rooms",
      path: "/hooks/rk_f5Gx2Nw8Ql0bTc6y",
      publicUrl: null,
      secrets: [],
      createdAt: ago(30 * days),
      lastDeliveryAt: ago(41),
    },
    {
      ...base,
      trust: "token_only",
      id: "consult",
      provider: "orufy",
      label: "Consultations",
      path: "/hooks/or_m4Jd9Xs1Vh7Pz3ke",
      publicUrl: null,
      secrets: [],
      createdAt: ago(21 * days),
      lastDeliveryAt: ago(74),
    },
    {
      ...signed,
      id: "evening",
      provider: "kordless",
      label: "Evening classes",
      path: "/hooks/kl_T8rBv2Hy6Lm1Qw0e",
      publicUrl: null,
      secrets: [{ id: "s5", createdAt: ago(130), lastUsedAt: null }],
      createdAt: ago(130),
      lastDeliveryAt: null,
    },
  ];
  return endpoints;
}

/** One of the booking systems, which otherwise calls every two days at least, has been silent since twelve. */
export function withSilence(endpoints: Endpoint[], now: Date): Endpoint[] {
  const ago = (days: number) => new Date(now.getTime() - days * 24 * 60 * MINUTE).toISOString();
  return endpoints.map((endpoint) =>
    endpoint.id === "consult"
      ? { ...endpoint, lastDeliveryAt: ago(12), silence: { usualHours: 41, unusualFrom: ago(5) } }
      : endpoint,
  );
}

/** Two of the booking systems were given an address that is no longer ours. */
export function withStaleAddresses(endpoints: Endpoint[]): Endpoint[] {
  const stale = ["salon", "physio"];
  return endpoints.map((endpoint) =>
    stale.includes(endpoint.id)
      ? { ...endpoint, staleAddress: `https://bluebell.ngrok.app${endpoint.path}` }
      : endpoint,
  );
}
