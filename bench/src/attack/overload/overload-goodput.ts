// The rate of answered reads with many more callers than the server can serve at once, compared with the rate of 32 callers.
import type { Figure } from "../../runner/figure.ts";
import { inRounds } from "../../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { roundRobin } from "../../runner/round-robin.ts";
import { queryOf } from "../../testbed/product-calls.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { openCallers } from "./overload-callers.ts";

export const overloadGoodput = (testbed: SharedTestbed): Subject => ({
  name: "overload-goodput",
  title: "answered reads with 128, 512 and 2,000 callers, compared with 32",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const USUAL = 32;
const CROWDS = [128, 512, 2_000] as const;

async function measure({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const { server } = await testbed.start("projo");
  const callers = openCallers({ url: server.url, connections: Math.max(...CROWDS) });
  try {
    const next = roundRobin(testbed.data.targets);
    const read = () => {
      const target = next();
      return queryOf(target, "tasks.get", { id: target.taskId });
    };
    const ms = quick ? 1_500 : 4_000;
    await callers.run(read, { many: USUAL, ms: quick ? 1_500 : 4_000 });
    // Opens all connections before the measurement.
    await callers.run(read, { many: Math.max(...CROWDS), ms: 500 });
    const warmRssMb = server.rssMb();
    const readings = await inRounds(
      [USUAL, ...CROWDS].map((many) => ({
        name: String(many),
        take: () => callers.run(read, { many, ms, pauseMs: 1_000 }),
      })),
      { rounds: quick ? 1 : 5, progress },
    );
    const memory: Figure[] = [
      { group: "memory of the server", name: "after warm-up", value: warmRssMb, unit: "MB" },
      { group: "memory of the server", name: "peak", value: server.peakRssMb(), unit: "MB" },
    ];
    const rates = [USUAL, ...CROWDS].flatMap((many): Figure[] => {
      const group = `${many.toLocaleString("en-US")} callers`;
      const of = String(many);
      const ratio = readings.ratio(of, String(USUAL), ({ servedPerSecond }) => servedPerSecond);
      return [
        { group, name: "answered", value: readings.median(of, (tally) => tally.servedPerSecond), unit: "/s" },
        { group, name: "refused", value: readings.median(of, (tally) => tally.refused), unit: "" },
        {
          group,
          name: "other responses",
          value: readings.median(of, (tally) => tally.other),
          unit: "",
          goal: { atMost: quick ? 5 : 0 },
        },
        {
          group,
          name: "slowest response",
          value: readings.median(of, (tally) => tally.slowestMs),
          unit: "ms",
        },
        ...(many === USUAL
          ? []
          : [
              {
                group,
                name: "rate relative to 32 callers",
                value: ratio,
                unit: "x",
                // The bound of a quick run is loose: one short round beside other tests measures a rate inexactly.
                goal: { atLeast: quick ? 0.3 : 0.95 },
              },
            ]),
      ];
    });
    return [...rates, ...memory];
  } finally {
    callers.close();
    await server.stop();
  }
}
