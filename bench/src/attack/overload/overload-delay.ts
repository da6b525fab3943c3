// Counts the statements per answered read while the network delays each response of the database. A slow network must not
// make the server send a read twice.
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { roundRobin } from "../../runner/round-robin.ts";
import { queryOf } from "../../testbed/product-calls.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { startTripProxy } from "../../load/trip-proxy.ts";
import { openCallers } from "./overload-callers.ts";

export const overloadDelay = (testbed: SharedTestbed): Subject => ({
  name: "overload-delay",
  title: "statements per answered read with 0, 30, 60 and 120 ms added to each round trip",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const DELAYS_MS = [0, 30, 60, 120] as const;
const QUICK_DELAYS_MS = [0, 120] as const;
const CALLERS = 256;

async function measure(options: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const delayMs of options.quick ? QUICK_DELAYS_MS : DELAYS_MS)
    figures.push(...(await withDelay(options, testbed, delayMs)));
  return figures;
}

async function withDelay(
  { quick, progress }: RunOptions,
  testbed: Testbed,
  delayMs: number,
): Promise<Figure[]> {
  progress(`adding ${delayMs} ms to each round trip`);
  const proxy = await startTripProxy({ to: testbed.database.target, delayMs });
  const { server } = await testbed.start("projo", {
    databaseAddress: { host: proxy.host, port: proxy.port },
  });
  const callers = openCallers({ url: server.url, connections: CALLERS });
  try {
    const next = roundRobin(testbed.data.targets);
    const read = () => {
      const target = next();
      return queryOf(target, "tasks.get", { id: target.taskId });
    };
    await callers.run(read, { many: CALLERS, ms: quick ? 500 : 2_000 });
    const before = proxy.messages();
    const tally = await callers.run(read, { many: CALLERS, ms: quick ? 1_500 : 6_000 });
    const statements = proxy.messages() - before;
    const group = `${delayMs} ms added to each round trip, ${CALLERS} callers`;
    return [
      { group, name: "answered reads", value: tally.servedPerSecond, unit: "/s" },
      { group, name: "refused", value: tally.refused, unit: "" },
      { group, name: "p99", value: tally.servedP99Ms, unit: "ms" },
      {
        group,
        name: "statements per read",
        value: statements / tally.served,
        unit: "",
        goal: { atMost: 1.05 },
      },
    ];
  } finally {
    callers.close();
    await server.stop();
    await proxy.close();
  }
}
