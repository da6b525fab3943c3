// Many more writes than the database can execute in two seconds. The server must refuse the excess writes quickly, and must
// still serve cheap reads.
import { startTripProxy } from "../../load/trip-proxy.ts";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { roundRobin } from "../../runner/round-robin.ts";
import { mutationOf, queryOf } from "../../testbed/product-calls.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { openCallers } from "./overload-callers.ts";

export const overloadRefusals = (testbed: SharedTestbed): Subject => ({
  name: "overload-refusals",
  title: "1,000 callers create tasks over a slow network: refusals, and concurrent reads",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const WRITERS = 1_000;
const READERS = 4;
const DELAY_MS = 80;

async function measure({ quick }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const proxy = await startTripProxy({ to: testbed.database.target, delayMs: DELAY_MS });
  const { server } = await testbed.start("projo", {
    databaseAddress: { host: proxy.host, port: proxy.port },
  });
  const writers = openCallers({ url: server.url, connections: WRITERS });
  const readers = openCallers({ url: server.url, connections: READERS });
  try {
    const nextWrite = roundRobin(testbed.data.targets);
    const nextRead = roundRobin(testbed.data.targets);
    const write = () => {
      const target = nextWrite();
      return mutationOf(target, "tasks.create", { projectId: target.projectId, title: "Write the report" });
    };
    const read = () => {
      const target = nextRead();
      return queryOf(target, "tasks.get", { id: target.taskId });
    };
    const ms = quick ? 3_000 : 10_000;
    const headStartMs = quick ? 4_000 : 6_000;
    const onset = await writers.run(write, { many: WRITERS, ms: headStartMs, pauseMs: 1_000 });
    const [during, reads] = await Promise.all([
      writers.run(write, { many: WRITERS, ms, pauseMs: 1_000 }),
      readers.run(read, { many: READERS, ms }),
    ]);
    const group = `${WRITERS.toLocaleString("en-US")} callers that create tasks, ${DELAY_MS} ms added to each round trip`;
    const beside = `${READERS} concurrent readers`;
    return [
      { group, name: "refused during the warm-up", value: onset.refused, unit: "" },
      { group, name: "created", value: during.servedPerSecond, unit: "/s" },
      { group, name: "refused", value: during.refused, unit: "", goal: { atLeast: 1 } },
      {
        group,
        name: "median time of a refusal",
        value: during.refusedP50Ms,
        unit: "ms",
        goal: { atMost: quick ? 500 : 50 },
      },
      { group, name: "slowest response", value: during.slowestMs, unit: "ms", goal: { atMost: 10_000 } },
      { group: beside, name: "answered", value: reads.servedPerSecond, unit: "/s" },
      {
        group: beside,
        name: "responses other than 200",
        value: reads.refused + reads.other,
        unit: "",
        goal: { atMost: quick ? 5 : 0 },
      },
    ];
  } finally {
    writers.close();
    readers.close();
    await server.stop();
    await proxy.close();
  }
}
