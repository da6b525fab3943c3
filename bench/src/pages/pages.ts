// What a page costs that lies a hundred thousand tasks deep: with a cursor no more than the first one.
import { z } from "zod";
import type { Target } from "../dataset/data-set.ts";
import type { Load } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds } from "../runner/in-rounds.ts";
import type { How, Subject } from "../runner/run-bench.ts";
import { eachInTurn } from "../stage/each-in-turn.ts";
import { keeping, queryOf } from "../stage/product-calls.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import type { Stage } from "../stage/stage.ts";
import { withProduct } from "../stage/with-product.ts";

export const pages = (stage: SharedStage): Subject => ({
  name: "pages",
  title: "a page of 20 tasks, the first of a workspace against one far down",
  measure: async (how) => measure(how, await stage.open(how)),
});

/** So much of the biggest workspace lies before the deep page. */
const DEPTH = 0.95;

const measure = ({ quick, say }: How, stage: Stage): Promise<Figure[]> =>
  withProduct(stage, { connections: 1 }, async (load) => {
    const target = eachInTurn(stage.data.biggest)();
    const tasksBefore = stage.size.biggest * DEPTH;
    say(`following cursors, ${tasksBefore.toLocaleString("en-US")} tasks down`);
    const deep = await cursorBehind(tasksBefore, load, target);
    const page = (name: string, cursor?: string) => ({
      name,
      take: () =>
        load.burst(() => queryOf(target, "tasks.list", { limit: 20, cursor }, holdsPage), {
          count: quick ? 100 : 300,
          concurrency: 1,
        }),
    });
    const taken = await inRounds([page("first"), page("deep", deep)], { rounds: quick ? 5 : 15, say });
    const p50 = ({ p50Ms }: { p50Ms: number }) => p50Ms;
    return [
      { name: "first page, p50", value: taken.median("first", p50), unit: "ms" },
      {
        name: `page behind ${tasksBefore.toLocaleString("en-US")} tasks, p50`,
        value: taken.median("deep", p50),
        unit: "ms",
      },
      {
        name: "deep page against first",
        value: taken.ratio("deep", "first", p50),
        unit: "x",
        goal: { atMost: 1.2 },
      },
    ];
  });

const holdsPage = (status: number, body: string): boolean =>
  status === 200 && body.split(`"createdAt"`).length === 21;

const Page = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() });

/** As a client gets there: page by page. */
async function cursorBehind(tasks: number, load: Load, target: Target): Promise<string> {
  let cursor: string | undefined;
  for (let seen = 0; seen < tasks;) {
    const next = keeping(Page, ({ items, nextCursor }) => {
      seen += items.length;
      cursor = nextCursor ?? undefined;
    });
    await load.burst(() => queryOf(target, "tasks.list", { limit: 100, cursor }, next), {
      count: 1,
      concurrency: 1,
    });
    if (cursor === undefined) throw new Error(`The list ended after ${seen} tasks.`);
  }
  if (cursor === undefined) throw new RangeError("The first page has no cursor.");
  return cursor;
}
