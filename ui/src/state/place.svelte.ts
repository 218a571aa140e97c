import {
  allDeliveries,
  hashOf,
  noFilter,
  parseHash,
  type CalendarView,
  type DeliveryFilter,
  type OverviewDays,
  type Route,
  type TimelineFilter,
} from "./route";

/** Where in the window the person is. The location hash is the truth, so that back and forward work. */
export class Place {
  route = $state.raw<Route>(parseHash(location.hash));
  /** The filter last used, so that a booking opens beside the list it was found in. */
  filter = $state.raw<TimelineFilter>(noFilter);
  /** The same for the calls. */
  deliveryFilter = $state.raw<DeliveryFilter>(allDeliveries);

  /** And for the calendar. */
  calendarView = $state.raw<CalendarView>({ span: "week", day: null });

  overviewDays = $state.raw<OverviewDays>("28");

  constructor() {
    this.#take(this.route);
  }

  start(): () => void {
    const read = () => this.#take(parseHash(location.hash));
    window.addEventListener("hashchange", read);
    window.addEventListener("popstate", read);
    return () => {
      window.removeEventListener("hashchange", read);
      window.removeEventListener("popstate", read);
    };
  }

  /** `replace` leaves no step behind for the back button: for each further letter of a search. */
  go(to: Route | string, { replace = false } = {}): void {
    const hash = typeof to === "string" ? hashOf(parseHash(to)) : hashOf(to);
    if (hash === location.hash) return;
    if (replace) history.replaceState(null, "", hash);
    else history.pushState(null, "", hash);
    this.#take(parseHash(hash));
  }

  get timelineHash(): string {
    return hashOf({ screen: "timeline", filter: this.filter });
  }

  get calendarHash(): string {
    return hashOf({ screen: "calendar", view: this.calendarView });
  }

  get overviewHash(): string {
    return hashOf({ screen: "overview", days: this.overviewDays });
  }

  get deliveriesHash(): string {
    return hashOf({ screen: "deliveries", filter: this.deliveryFilter });
  }

  #take(route: Route): void {
    this.route = route;
    if (route.screen === "timeline") this.filter = route.filter;
    if (route.screen === "calendar") this.calendarView = route.view;
    if (route.screen === "overview") this.overviewDays = route.days;
    if (route.screen === "deliveries") this.deliveryFilter = route.filter;
  }
}
