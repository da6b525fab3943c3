// Tasks brought from elsewhere, a hundred to a call, each under the name that it has there.
import { randomUUID } from "node:crypto";
import type { Figure } from "../runner/figure.ts";
import { inRounds } from "../runner/in-rounds.ts";
import type { How, Subject } from "../runner/run-bench.ts";
import { eachInTurn } from "../stage/each-in-turn.ts";
import { mutationOf } from "../stage/product-calls.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import type { Stage } from "../stage/stage.ts";
import { withProduct } from "../stage/with-product.ts";

export const bulkImport = (stage: SharedStage): Subject => ({
  name: "import",
  title: "tasks made 100 to a call",
  measure: async (how) => measure(how, await stage.open(how)),
});

const SIZE = 100;
const CALLERS = [1, 8] as const;

const holdsMade = (status: number, body: string): boolean =>
  status === 200 && body.split(`"created":true`).length === SIZE + 1;

const measure = ({ quick, say }: How, stage: Stage): Promise<Figure[]> =>
  withProduct(stage, { connections: Math.max(...CALLERS) }, async (load) => {
    const next = eachInTurn(stage.data.targets);
    const ask = () => {
      const target = next();
      const items = Array.from({ length: SIZE }, (_, n) => ({
        projectId: target.projectId,
        title: `Move shelf ${n} to the new warehouse`,
        externalId: randomUUID(),
      }));
      return mutationOf(target, "tasks.createMany", { items }, holdsMade);
    };
    const burst = (concurrency: number, ms: number) => load.burst(ask, { ms, concurrency });
    await burst(1, quick ? 500 : 2_000);
    const taken = await inRounds(
      CALLERS.map((callers) => ({ name: `${callers}`, take: () => burst(callers, 1_000) })),
      { rounds: quick ? 1 : 5, say },
    );
    return CALLERS.flatMap((callers): Figure[] => {
      const who = callers === 1 ? "one caller" : `${callers} callers`;
      return [
        {
          name: `tasks made by ${who}`,
          value: taken.median(`${callers}`, ({ perSecond }) => perSecond * SIZE),
          unit: "tasks/s",
        },
        {
          name: `a call of ${who}, p50`,
          value: taken.median(`${callers}`, ({ p50Ms }) => p50Ms),
          unit: "ms",
        },
      ];
    });
  });
