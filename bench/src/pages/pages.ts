// What a page costs that lies a hundred thousand tasks deep: with a cursor no more than the first one.
import { z } from "zod";
import type { Target } from "../dataset/data-set.ts";
import type { Burst, Load } from "../load/load-client.ts";
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

/** So much of the biggest workspace lies before the deep page. To get there takes a while. */
const depthOf = ({ quick }: How): number => (quick ? 0.25 : 0.95);

const measure = (how: How, stage: Stage): Promise<Figure[]> =>
  withProduct(stage, { connections: 1 }, async (load) => {
    const target = eachInTurn(stage.data.biggest)();
    const tasksBefore = stage.size.biggest * depthOf(how);
    how.say(`following cursors, ${tasksBefore.toLocaleString("en-US")} tasks down`);
    const deep = await cursorBehind(tasksBefore, load, target);
    const page = (name: string, cursor?: string) => ({
      name,
      take: () =>
        load.burst(() => queryOf(target, "tasks.list", { limit: 20, cursor }, holdsPage), {
          count: how.quick ? 40 : 100,
          concurrency: 1,
        }),
    });
    how.say("asking for the first page and a deep one, in turns");
    // Short turns: what slows the machine for a second slows both.
    const taken = await inRounds([page("first"), page("deep", deep)], { rounds: how.quick ? 11 : 41 });
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

const p50 = ({ p50Ms }: Burst): number => p50Ms;

const holdsPage = (status: number, body: string): boolean =>
  status === 200 && body.split(`"createdAt"`).length === 21;

const MOST_A_PAGE = 100;

const Page = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() });

/** As a client gets there: page by page. */
async function cursorBehind(tasks: number, load: Load, target: Target): Promise<string> {
  let [seen, cursor] = [0, ""];
  const keep = keeping(Page, ({ items, nextCursor }) => {
    seen += items.length;
    if (nextCursor === null) throw new Error(`The list ended after ${seen} tasks.`);
    cursor = nextCursor;
  });
  const next = () =>
    queryOf(target, "tasks.list", { limit: MOST_A_PAGE, ...(cursor !== "" && { cursor }) }, keep);
  await load.burst(next, { count: Math.ceil(tasks / MOST_A_PAGE), concurrency: 1 });
  return cursor;
}
