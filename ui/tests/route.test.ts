import { describe, expect, it } from "vitest";
import { hashOf, noFilter, parseHash, type Route } from "../src/state/route";

const routes: [string, Route][] = [
  ["#/timeline", { screen: "timeline", filter: noFilter }],
  [
    "#/timeline?kind=no_show&provider=webkasa&q=M%C3%BCller+%26+Co",
    {
      screen: "timeline",
      filter: { ...noFilter, kind: "no_show", provider: "webkasa", search: "Müller & Co" },
    },
  ],
  [
    "#/timeline?unread=1&endpoint=12&from=2026-11-01&to=2026-11-27",
    {
      screen: "timeline",
      filter: { ...noFilter, unread: true, endpointId: "12", from: "2026-11-01", to: "2026-11-27" },
    },
  ],
  ["#/booking/12", { screen: "booking", id: "12" }],
  ["#/booking/a%2Fb%3Fc", { screen: "booking", id: "a/b?c" }],
  ["#/endpoints", { screen: "endpoints" }],
  ["#/endpoints/new", { screen: "new-endpoint" }],
  ["#/settings", { screen: "settings", section: "reach" }],
  ["#/settings/data", { screen: "settings", section: "data" }],
];

describe("the hash", () => {
  it.each(routes)("%s is read and written", (hash, route) => {
    expect(parseHash(hash)).toEqual(route);
    expect(hashOf(route)).toBe(hash);
  });

  it.each([
    "",
    "#",
    "#/",
    "#/nowhere",
    "#/booking",
    "#/booking/%E0%A4%A",
    "#/timeline?kind=toString&provider=me",
    "#/timeline?from=2026-02-30&to=yesterday&endpoint=",
  ])("%s leads to the whole timeline", (hash) => expect(parseHash(hash)).toEqual(routes[0]![1]));
});
