/** The rows behind the one that `before` names, and where the next page begins. */
export function pageOf<Row>(
  rows: Row[],
  nameOf: (row: Row) => string,
  { before, limit }: { before: string | null; limit: number },
): { page: Row[]; next: string | null } {
  const from = before === null ? 0 : rows.findIndex((row) => nameOf(row) === before) + 1;
  const page = rows.slice(from, from + limit);
  const last = page.at(-1);
  return { page, next: last !== undefined && from + limit < rows.length ? nameOf(last) : null };
}
