// Searches for a common and a rare word in the biggest workspace, with row-level security.
import { commonWord, rareWord } from "../dataset/titles.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds } from "../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import { roundRobin } from "../runner/round-robin.ts";
import { queryOf } from "../testbed/product-calls.ts";
import type { SharedTestbed } from "../testbed/shared-testbed.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { withProduct } from "../testbed/with-product.ts";

export const search = (testbed: SharedTestbed): Subject => ({
  name: "search",
  title: "tasks found by a word in the title, in a workspace with 100,000 tasks",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const words = [
  { name: "a common word", word: commonWord },
  { name: "a rare word", word: rareWord },
] as const;

const measure = ({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> =>
  withProduct(testbed, { connections: 1 }, async (load) => {
    const next = roundRobin(testbed.data.biggest);
    const burst = (word: string, count: number) =>
      load.burst(
        () =>
          queryOf(
            next(),
            "tasks.list",
            { limit: 20, search: word },
            (status, body) => status === 200 && body.includes(word),
          ),
        { count, concurrency: 1 },
      );
    for (const { word } of words) await burst(word, quick ? 15 : 100);
    const readings = await inRounds(
      words.map(({ name, word }) => ({ name, take: () => burst(word, quick ? 20 : 50) })),
      { rounds: quick ? 3 : 9, progress },
    );
    return words.flatMap(({ name }): Figure[] => [
      {
        name: `${name}, p50`,
        value: readings.median(name, ({ p50Ms }) => p50Ms),
        unit: "ms",
        goal: { atMost: 25 },
      },
      { name: `${name}, p99`, value: readings.median(name, ({ p99Ms }) => p99Ms), unit: "ms" },
    ]);
  });
