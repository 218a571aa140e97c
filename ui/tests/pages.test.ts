import { describe, expect, it } from "vitest";
import { Pages, type Page } from "../src/state/pages.svelte";

type Row = { id: string };

const rows = (from: number, count: number): Row[] =>
  Array.from({ length: count }, (_, place) => ({ id: String(from - place) }));

/** A list of rows, newest first, that answers when it is told to. */
function list(newest: number) {
  const waiting: (() => void)[] = [];
  const program = { rows: rows(newest, newest), failing: false, asked: [] as (string | null)[] };
  const pages = new Pages<Row>((limit, before) => {
    program.asked.push(before);
    const from = before === null ? 0 : program.rows.findIndex(({ id }) => id === before) + 1;
    const page = program.rows.slice(from, from + limit);
    const next = from + limit < program.rows.length ? page.at(-1)!.id : null;
    return new Promise<Page<Row>>((answer, refuse) => {
      const { failing } = program;
      waiting.push(() => (failing ? refuse(new Error("no disk")) : answer({ rows: page, next })));
    });
  });
  /** The oldest question that waits is answered, or the one at this place. */
  async function answer(place = 0) {
    waiting.splice(place, 1)[0]?.();
    await new Promise((done) => setTimeout(done));
  }
  return { pages, program, answer };
}

const ids = ({ rows }: Pages<Row>) => rows.map(({ id }) => Number(id));
const downTo = (newest: number, oldest: number) =>
  rows(newest, newest - oldest + 1).map(({ id }) => Number(id));

describe("a list that is read in pages", () => {
  it("is read on until its end", async () => {
    const { pages, answer } = list(150);
    void pages.open();
    await answer();
    expect(ids(pages)).toEqual(downTo(150, 51));
    void pages.loadMore();
    await answer();
    expect(ids(pages)).toEqual(downTo(150, 1));
    expect(pages.next).toBeNull();
  });

  it("reads again all that was read, and keeps its place below", async () => {
    const { pages, program, answer } = list(350);
    void pages.open();
    await answer();
    void pages.loadMore();
    await answer();
    program.rows = [{ id: "351" }, ...program.rows];
    void pages.refresh();
    await answer();
    expect(ids(pages)).toEqual(downTo(351, 151));
    void pages.loadMore();
    await answer();
    expect(ids(pages)).toEqual(downTo(351, 51));
  });

  it("begins anew when more has come than a reading gives", async () => {
    const { pages, program, answer } = list(200);
    void pages.open();
    await answer();
    program.rows = rows(900, 900);
    void pages.loadMore();
    void pages.refresh();
    await answer(1);
    expect(ids(pages)).toEqual(downTo(900, 801));
    // What was asked of the old list no longer follows.
    await answer();
    expect(ids(pages)).toEqual(downTo(900, 801));
    expect(pages.loadingMore).toBe(false);
  });

  it("drops the answer to an older question", async () => {
    const { pages, program, answer } = list(3);
    void pages.open();
    program.rows = rows(9, 2);
    void pages.open();
    await answer(1);
    await answer();
    expect(ids(pages)).toEqual([9, 8]);
  });

  it("does not mix two questions when something changes between them", async () => {
    const { pages, program, answer } = list(4);
    void pages.open();
    await answer();
    program.rows = [{ id: "3" }];
    void pages.open();
    void pages.refresh();
    await answer();
    await answer();
    expect(ids(pages)).toEqual([3]);
  });

  it("keeps what it has when a further reading fails, and says so when it has nothing", async () => {
    const { pages, program, answer } = list(150);
    program.failing = true;
    void pages.open();
    await answer();
    expect(pages.phase).toBe("failed");
    expect(pages.failure?.message).toBe("no disk");
    program.failing = false;
    void pages.refresh();
    await answer();
    expect(pages.phase).toBe("ready");
    program.failing = true;
    void pages.loadMore();
    await answer();
    expect(pages.moreFailure?.message).toBe("no disk");
    void pages.refresh();
    await answer();
    expect(pages.phase).toBe("ready");
    expect(ids(pages)).toEqual(downTo(150, 51));
  });
});
