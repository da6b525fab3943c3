// Imports tasks in calls of 100, each with an external id.
import { randomUUID } from "node:crypto";
import type { Figure } from "../runner/figure.ts";
import { inRounds } from "../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import { roundRobin } from "../runner/round-robin.ts";
import { mutationOf } from "../testbed/product-calls.ts";
import type { SharedTestbed } from "../testbed/shared-testbed.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { withProduct } from "../testbed/with-product.ts";

export const bulkImport = (testbed: SharedTestbed): Subject => ({
  name: "import",
  title: "tasks created in calls of 100",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const SIZE = 100;
const CALLERS = [1, 8] as const;

const allCreated = (status: number, body: string): boolean =>
  status === 200 && body.split(`"created":true`).length === SIZE + 1;

const measure = ({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> =>
  withProduct(testbed, { connections: Math.max(...CALLERS) }, async (load) => {
    const next = roundRobin(testbed.data.targets);
    const nextRequest = () => {
      const target = next();
      const items = Array.from({ length: SIZE }, (_, n) => ({
        projectId: target.projectId,
        title: `Move shelf ${n} to the new warehouse`,
        externalId: randomUUID(),
      }));
      return mutationOf(target, "tasks.createMany", { items }, allCreated);
    };
    const burst = (concurrency: number, ms: number) => load.burst(nextRequest, { ms, concurrency });
    await burst(1, quick ? 500 : 2_000);
    const readings = await inRounds(
      CALLERS.map((callers) => ({ name: `${callers}`, take: () => burst(callers, 1_000) })),
      { rounds: quick ? 1 : 5, progress },
    );
    return CALLERS.flatMap((callers): Figure[] => {
      const who = callers === 1 ? "one caller" : `${callers} callers`;
      return [
        {
          name: `tasks created by ${who}`,
          value: readings.median(`${callers}`, ({ perSecond }) => perSecond * SIZE),
          unit: "tasks/s",
        },
        {
          name: `call of ${who}, p50`,
          value: readings.median(`${callers}`, ({ p50Ms }) => p50Ms),
          unit: "ms",
        },
      ];
    });
  });
