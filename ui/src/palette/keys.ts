import { walkTo } from "../shared/walk";
import type { Desk } from "../state/desk.svelte";
import type { Route } from "../state/route";

/** The screens that a letter after G leads to, in the order of the sidebar. */
export const places = [
  { name: "timeline", letter: "t" },
  { name: "digest", letter: "y" },
  { name: "calendar", letter: "c" },
  { name: "overview", letter: "o" },
  { name: "notices", letter: "n" },
  { name: "deliveries", letter: "d" },
  { name: "endpoints", letter: "e" },
  { name: "settings", letter: "s" },
] as const;

export type PlaceName = (typeof places)[number]["name"];

/** As the sidebar does: a screen opens with the filter that was used in it last. */
export function goTo(desk: Desk, name: PlaceName): void {
  const hashes: Partial<Record<Route["screen"], string>> = {
    timeline: desk.place.timelineHash,
    calendar: desk.place.calendarHash,
    overview: desk.place.overviewHash,
    deliveries: desk.place.deliveriesHash,
  };
  desk.place.go(hashes[name] ?? `#/${name}`);
}

/** The keyboard belongs to a field that is being filled in, and to whatever lies over the window. */
export function isTaken(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (event.defaultPrevented || event.isComposing) return true;
  if (target?.closest("input, textarea, select, [contenteditable=true], [role=textbox]")) return true;
  return isCovered();
}

/** Whether a dialog, a menu or an open list lies over the window. */
export function isCovered(): boolean {
  return document.querySelector("[role=dialog], [role=alertdialog], [role=menu], [role=listbox]") !== null;
}

/** From entry to entry of the list that is shown. The first step goes to the one that is open, or to the top. */
export function step(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("main [data-entry-focus]")];
  const here = links.indexOf(document.activeElement as HTMLElement);
  const open = links.findIndex((link) => link.getAttribute("aria-current") !== null);
  const next = here === -1 ? Math.max(open, 0) : here + by;
  const link = links[next];
  if (link) walkTo(link);
}

const PATIENCE = 3_000;

/** Where a search is typed: the timeline's field, which is there once the timeline has been read. */
export function search(desk: Desk): void {
  const { screen } = desk.place.route;
  if (screen !== "timeline" && screen !== "booking") goTo(desk, "timeline");
  const focus = () => {
    const field = document.querySelector<HTMLInputElement>("main input[type=search]");
    field?.focus();
    return field !== null;
  };
  if (focus()) return;
  const watching = new MutationObserver(() => {
    if (focus()) watching.disconnect();
  });
  watching.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => watching.disconnect(), PATIENCE);
}
