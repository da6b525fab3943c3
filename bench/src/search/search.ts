// Words that many titles have and words that few have, sought in the biggest workspace behind its row-level security.
import { commonWord, rareWord } from "../dataset/titles.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds } from "../runner/in-rounds.ts";
import type { How, Subject } from "../runner/run-bench.ts";
import { eachInTurn } from "../stage/each-in-turn.ts";
import { queryOf } from "../stage/product-calls.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import type { Stage } from "../stage/stage.ts";
import { withProduct } from "../stage/with-product.ts";

export const search = (stage: SharedStage): Subject => ({
  name: "search",
  title: "tasks found by a word of their title, in a workspace of 100,000",
  measure: async (how) => measure(how, await stage.open(how)),
});

const words = [
  { name: "a common word", word: commonWord },
  { name: "a rare word", word: rareWord },
] as const;

const measure = ({ quick, say }: How, stage: Stage): Promise<Figure[]> =>
  withProduct(stage, { connections: 1 }, async (load) => {
    const next = eachInTurn(stage.data.biggest);
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
    const taken = await inRounds(
      words.map(({ name, word }) => ({ name, take: () => burst(word, quick ? 20 : 50) })),
      { rounds: quick ? 3 : 9, say },
    );
    return words.flatMap(({ name }): Figure[] => [
      {
        name: `${name}, p50`,
        value: taken.median(name, ({ p50Ms }) => p50Ms),
        unit: "ms",
        goal: { atMost: 25 },
      },
      { name: `${name}, p99`, value: taken.median(name, ({ p99Ms }) => p99Ms), unit: "ms" },
    ]);
  });
