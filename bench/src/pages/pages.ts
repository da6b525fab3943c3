// The cost of a page near the end of a long list. With a cursor it is the same as for the first page.
import { z } from "zod";
import type { Target } from "../dataset/data-set.ts";
import type { Burst, Load } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds } from "../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import { roundRobin } from "../runner/round-robin.ts";
import { expectOutput, queryOf } from "../testbed/product-calls.ts";
import type { SharedTestbed } from "../testbed/shared-testbed.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { withProduct } from "../testbed/with-product.ts";

export const pages = (testbed: SharedTestbed): Subject => ({
  name: "pages",
  title: "a page of 20 tasks: deep in the list, relative to the first page",
  measure: async (options) => measure(options, await testbed.open(options)),
});

/** The share of the biggest workspace's tasks before the deep page. Following the cursors there takes time. */
const depthOf = ({ quick }: RunOptions): number => (quick ? 0.25 : 0.95);

const measure = (options: RunOptions, testbed: Testbed): Promise<Figure[]> =>
  withProduct(testbed, { connections: 1 }, async (load) => {
    const target = roundRobin(testbed.data.biggest)();
    const tasksBefore = testbed.size.biggest * depthOf(options);
    options.progress(`following cursors, ${tasksBefore.toLocaleString("en-US")} tasks deep`);
    const deep = await cursorBehind(tasksBefore, load, target);
    const page = (name: string, cursor?: string) => ({
      name,
      take: () =>
        load.burst(() => queryOf(target, "tasks.list", { limit: 20, cursor }, isFullPage), {
          count: options.quick ? 40 : 100,
          concurrency: 1,
        }),
    });
    options.progress("measuring the first page and the deep page in short rounds");
    // Rounds are short, so that a slow second of the machine affects both.
    const readings = await inRounds([page("first"), page("deep", deep)], { rounds: options.quick ? 11 : 41 });
    return [
      { name: "first page, p50", value: readings.median("first", p50), unit: "ms" },
      {
        name: `page after ${tasksBefore.toLocaleString("en-US")} tasks, p50`,
        value: readings.median("deep", p50),
        unit: "ms",
      },
      {
        name: "deep page, relative to the first",
        value: readings.ratio("deep", "first", p50),
        unit: "x",
        goal: { atMost: 1.2 },
      },
    ];
  });

const p50 = ({ p50Ms }: Burst): number => p50Ms;

const isFullPage = (status: number, body: string): boolean =>
  status === 200 && body.split(`"createdAt"`).length === 21;

const MAX_A_PAGE = 100;

const Page = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() });

/** Follows the cursors page by page, as a client does. */
async function cursorBehind(tasks: number, load: Load, target: Target): Promise<string> {
  let [seen, cursor] = [0, ""];
  const keep = expectOutput(Page, ({ items, nextCursor }) => {
    seen += items.length;
    if (nextCursor === null) throw new Error(`The list ended after ${seen} tasks.`);
    cursor = nextCursor;
  });
  const next = () =>
    queryOf(target, "tasks.list", { limit: MAX_A_PAGE, ...(cursor !== "" && { cursor }) }, keep);
  await load.burst(next, { count: Math.ceil(tasks / MAX_A_PAGE), concurrency: 1 });
  return cursor;
}
