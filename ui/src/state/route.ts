import { parseDate } from "@internationalized/date";
import type { EventKind, Provider } from "../bindings/types";
import { kinds } from "../shared/kinds";

/** `from` and `to` are the first and the last day of arrival, as 2026-11-27. */
export type TimelineFilter = {
  kind: EventKind | null;
  provider: Provider | null;
  search: string;
  unread: boolean;
  endpointId: string | null;
  from: string | null;
  to: string | null;
};

/** Which calls are listed: all that were taken, those with something unusable, or those turned away. */
export type DeliveryFilter = { show: "all" | "problems" | "rejections"; endpointId: string | null };

/** Which notices are listed: all, or those that nobody was shown. */
export type NoticeFilter = "all" | "unshown";

/** `day` is 2026-11-27, and null is today. */
export type CalendarView = { span: "day" | "week"; day: string | null };

/** How many days back the overview counts. */
export type OverviewDays = "28" | "84" | "365";

export const settingsSections = [
  "reach",
  "notifications",
  "reminders",
  "rules",
  "general",
  "data",
  "people",
  "about",
] as const;

export type SettingsSection = (typeof settingsSections)[number];

export type Route =
  | { screen: "timeline"; filter: TimelineFilter }
  | { screen: "booking"; id: string }
  | { screen: "digest" }
  | { screen: "calendar"; view: CalendarView }
  | { screen: "overview"; days: OverviewDays }
  | { screen: "deliveries"; filter: DeliveryFilter }
  | { screen: "delivery"; id: string }
  | { screen: "notices"; show: NoticeFilter }
  | { screen: "endpoints" }
  | { screen: "new-endpoint" }
  | { screen: "settings"; section: SettingsSection }
  | { screen: "welcome" };

export const noFilter: TimelineFilter = {
  kind: null,
  provider: null,
  search: "",
  unread: false,
  endpointId: null,
  from: null,
  to: null,
};

export const allDeliveries: DeliveryFilter = { show: "all", endpointId: null };

const providers: readonly Provider[] = ["kordless", "reservekit", "bookora", "webkasa", "orufy"];

export function isFiltered(filter: TimelineFilter): boolean {
  return !sameFilter(filter, noFilter);
}

export function sameFilter(a: TimelineFilter, b: TimelineFilter): boolean {
  return filterParts.every((part) => a[part] === b[part]);
}

const filterParts = Object.keys(noFilter) as (keyof TimelineFilter)[];

/** Anything that is not understood leads to the timeline, never to a blank window. */
export function parseHash(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const [screen, rest] = path.split("/").filter((part) => part !== "");
  if (screen === "welcome" || screen === "digest") return { screen };
  if (screen === "settings")
    return { screen: "settings", section: settingsSections.find((section) => section === rest) ?? "reach" };
  if (screen === "endpoints") return { screen: rest === "new" ? "new-endpoint" : "endpoints" };
  if ((screen === "booking" || screen === "delivery") && rest) {
    const id = decoded(rest);
    if (id) return { screen, id };
  }
  if (screen === "calendar") {
    const asked = new URLSearchParams(query);
    const day = asked.get("day");
    return {
      screen: "calendar",
      view: {
        span: asked.get("span") === "day" ? "day" : "week",
        day: dayIn(day),
      },
    };
  }
  if (screen === "overview") {
    const days = new URLSearchParams(query).get("days");
    return { screen: "overview", days: days === "84" || days === "365" ? days : "28" };
  }
  if (screen === "notices") {
    const show = new URLSearchParams(query).get("show");
    return { screen, show: show === "unshown" ? show : "all" };
  }
  if (screen === "deliveries") {
    const asked = new URLSearchParams(query);
    const show = asked.get("show");
    return {
      screen: "deliveries",
      filter: {
        show: show === "problems" || show === "rejections" ? show : "all",
        endpointId: asked.get("endpoint"),
      },
    };
  }
  const asked = new URLSearchParams(screen === "timeline" ? query : "");
  const kind = asked.get("kind");
  return {
    screen: "timeline",
    filter: {
      kind: kind !== null && Object.hasOwn(kinds, kind) ? (kind as EventKind) : null,
      provider: providers.find((provider) => provider === asked.get("provider")) ?? null,
      search: asked.get("q") ?? "",
      unread: asked.has("unread"),
      endpointId: asked.get("endpoint") || null,
      from: dayIn(asked.get("from")),
      to: dayIn(asked.get("to")),
    },
  };
}

export function hashOf(route: Route): string {
  switch (route.screen) {
    case "timeline": {
      const query = new URLSearchParams();
      const { kind, provider, search, unread, endpointId, from, to } = route.filter;
      if (kind) query.set("kind", kind);
      if (provider) query.set("provider", provider);
      if (search) query.set("q", search);
      if (unread) query.set("unread", "1");
      if (endpointId) query.set("endpoint", endpointId);
      if (from) query.set("from", from);
      if (to) query.set("to", to);
      const asked = query.toString();
      return asked ? `#/timeline?${asked}` : "#/timeline";
    }
    case "calendar": {
      const query = new URLSearchParams();
      if (route.view.span === "day") query.set("span", "day");
      if (route.view.day !== null) query.set("day", route.view.day);
      const asked = query.toString();
      return asked ? `#/calendar?${asked}` : "#/calendar";
    }
    case "overview":
      return route.days === "28" ? "#/overview" : `#/overview?days=${route.days}`;
    case "deliveries": {
      const query = new URLSearchParams();
      if (route.filter.show !== "all") query.set("show", route.filter.show);
      if (route.filter.endpointId !== null) query.set("endpoint", route.filter.endpointId);
      const asked = query.toString();
      return asked ? `#/deliveries?${asked}` : "#/deliveries";
    }
    case "notices":
      return route.show === "all" ? "#/notices" : `#/notices?show=${route.show}`;
    case "booking":
    case "delivery":
      return `#/${route.screen}/${encodeURIComponent(route.id)}`;
    case "new-endpoint":
      return "#/endpoints/new";
    case "settings":
      return route.section === "reach" ? "#/settings" : `#/settings/${route.section}`;
    default:
      return `#/${route.screen}`;
  }
}

function dayIn(text: string | null): string | null {
  try {
    return text !== null && parseDate(text).toString() === text ? text : null;
  } catch {
    return null;
  }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
