/** Up and down walk from entry to entry of a list, as in a mail program. */
export function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-entry-focus]")];
  const here = links.indexOf(document.activeElement as HTMLElement);
  const next = here === -1 ? undefined : links[here + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  walkTo(next);
}

/** The whole entry comes into view, not its link alone. */
export function walkTo(link: HTMLElement): void {
  link.focus({ preventScroll: true });
  (link.closest("article") ?? link).scrollIntoView({ block: "nearest" });
}
