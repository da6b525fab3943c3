// The same requests to the same server, with tables that grow by a factor of ten.
import type { Size } from "../dataset/size.ts";
import type { Burst, HttpRequest } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds, type Measurement, type Readings } from "../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import { roundRobin } from "../runner/round-robin.ts";
import type { SharedTestbed } from "../testbed/shared-testbed.ts";
import { withTestbed, type Testbed } from "../testbed/testbed.ts";
import { withProduct } from "../testbed/with-product.ts";

export const growth = (testbed: SharedTestbed): Subject => ({
  name: "growth",
  title: "a read and a list when the table of tasks is ten times as large (--large: 100 times)",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const times = (size: Size, factor: number): Size => ({
  ...size,
  tasks: size.tasks * factor,
  biggest: size.biggest * factor,
});

async function measure(options: RunOptions, shared: Testbed): Promise<Figure[]> {
  const { size } = shared;
  options.progress(`seeding ${formatNumber(times(size, 0.1).tasks)} tasks`);
  return withTestbed(times(size, 0.1), async (small) => {
    if (!options.large) return compareTestbeds(options, [small, shared]);
    options.progress(`seeding ${formatNumber(times(size, 10).tasks)} tasks`);
    return withTestbed(times(size, 10), (large) => compareTestbeds(options, [small, shared, large]));
  });
}

const formatNumber = (tasks: number): string => tasks.toLocaleString("en-US");

/** @param testbeds sorted by size, smallest first */
async function compareTestbeds(
  { quick, progress }: RunOptions,
  testbeds: readonly Testbed[],
): Promise<Figure[]> {
  const measurements: Measurement<Burst>[] = [];
  const withEach = async ([testbed, ...others]: readonly Testbed[]): Promise<Figure[]> => {
    if (!testbed) {
      progress("measuring all sizes in short rounds");
      // Rounds are short, so that a slow second of the machine affects all sizes.
      return figuresOf(await inRounds(measurements, { rounds: quick ? 9 : 21 }), testbeds);
    }
    return withProduct(testbed, { connections: 1 }, async (load) => {
      for (const { name, requests } of requestsTo(testbed)) {
        const burst = (count: number) => load.burst(requests, { count, concurrency: 1 });
        await burst(quick ? 600 : 2_000);
        measurements.push({ name: `${name} ${testbed.size.tasks}`, take: () => burst(quick ? 50 : 200) });
      }
      return withEach(others);
    });
  };
  return withEach(testbeds);
}

/** Lists use the biggest workspace, which has the same share of each table. */
function requestsTo({ contenders, data }: Testbed): { name: Operation; requests: () => HttpRequest }[] {
  const { requests } = contenders.projo;
  const [next, nextOfBiggest] = [roundRobin(data.targets), roundRobin(data.biggest)];
  return [
    { name: "read", requests: () => requests.getTask(next()) },
    { name: "list", requests: () => requests.listTasks(nextOfBiggest()) },
  ];
}

const p50 = ({ p50Ms }: Burst): number => p50Ms;

type Operation = "read" | "list";

function figuresOf(readings: Readings<Burst>, testbeds: readonly Testbed[]): Figure[] {
  return (["read", "list"] as const).flatMap((group) =>
    testbeds.flatMap(({ size: { tasks } }, at): Figure[] => {
      const before = testbeds[at - 1]?.size.tasks;
      const name = `${formatNumber(tasks)} tasks`;
      const own: Figure = {
        group,
        name: `${name}, p50`,
        value: readings.median(`${group} ${tasks}`, p50),
        unit: "ms",
      };
      if (before === undefined) return [own];
      const value = readings.ratio(`${group} ${tasks}`, `${group} ${before}`, p50);
      return [
        own,
        { group, name: `${name} against ${formatNumber(before)}`, value, unit: "x", goal: { atMost: 1.15 } },
      ];
    }),
  );
}
