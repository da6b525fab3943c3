// Reads of one workspace, while forty callers search the 100,000 tasks of another workspace.
import { setTimeout as delay } from "node:timers/promises";
import { rareWord } from "../../dataset/titles.ts";
import type { Figure } from "../../runner/figure.ts";
import { inRounds } from "../../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { roundRobin } from "../../runner/round-robin.ts";
import { queryOf } from "../../testbed/product-calls.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { openCallers, type Tally } from "./overload-callers.ts";
import { quietTargets } from "./overload-targets.ts";

export const overloadSearch = (testbed: SharedTestbed): Subject => ({
  name: "overload-search",
  title: "reads of one workspace while forty callers search the biggest one",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const SEARCHERS = 40;
const READERS = 8;
const HEAD_START_MS = 500;

interface Beside {
  readonly reads: Tally;
  readonly searches: Tally | null;
}

async function measure({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const { server } = await testbed.start("projo");
  const searchers = openCallers({ url: server.url, connections: SEARCHERS });
  const readers = openCallers({ url: server.url, connections: READERS });
  try {
    const nextSearch = roundRobin(testbed.data.biggest);
    const nextRead = roundRobin(quietTargets(testbed));
    const search = () => queryOf(nextSearch(), "tasks.list", { limit: 20, search: rareWord });
    const read = () => {
      const target = nextRead();
      return queryOf(target, "tasks.get", { id: target.taskId });
    };
    const ms = quick ? 1_500 : 4_000;
    const alone = async (): Promise<Beside> => ({
      reads: await readers.run(read, { many: READERS, ms }),
      searches: null,
    });
    const beside = async (): Promise<Beside> => {
      const [searches, reads] = await Promise.all([
        searchers.run(search, { many: SEARCHERS, ms: ms + 2 * HEAD_START_MS, pauseMs: 50 }),
        delay(HEAD_START_MS).then(() => readers.run(read, { many: READERS, ms })),
      ]);
      return { reads, searches };
    };
    await alone();
    const readings = await inRounds(
      [
        { name: "alone", take: alone },
        { name: "beside", take: beside },
      ],
      { rounds: quick ? 1 : 3, progress },
    );
    return [
      {
        name: "reads alone",
        value: readings.median("alone", ({ reads }) => reads.servedPerSecond),
        unit: "/s",
      },
      {
        name: "reads beside the searches",
        value: readings.median("beside", ({ reads }) => reads.servedPerSecond),
        unit: "/s",
      },
      {
        name: "p99 of the reads beside the searches",
        value: readings.median("beside", ({ reads }) => reads.servedP99Ms),
        unit: "ms",
      },
      {
        name: "reads beside the searches, relative to alone",
        value: readings.ratio("beside", "alone", ({ reads }) => reads.servedPerSecond),
        unit: "x",
        goal: { atLeast: quick ? 0.1 : 0.33 },
      },
      {
        name: "read responses other than 200",
        value: readings.median("beside", ({ reads }) => reads.refused + reads.other),
        unit: "",
        goal: { atMost: quick ? 5 : 0 },
      },
      {
        name: "answered searches",
        value: readings.median("beside", ({ searches }) => searches?.servedPerSecond ?? 0),
        unit: "/s",
      },
      {
        name: "refused searches",
        value: readings.median("beside", ({ searches }) => searches?.refused ?? 0),
        unit: "",
      },
      {
        name: "slowest search",
        value: readings.median("beside", ({ searches }) => searches?.slowestMs ?? 0),
        unit: "ms",
      },
    ];
  } finally {
    searchers.close();
    readers.close();
    await server.stop();
  }
}
