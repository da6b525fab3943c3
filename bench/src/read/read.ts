// Compares the server with other stacks, which offer fewer guarantees: reading a task, listing tasks, reading a project and
// creating a task, on one PostgreSQL server.
import type { ContenderName } from "../contenders/contenders.ts";
import { openLoad } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import type { SharedTestbed } from "../testbed/shared-testbed.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { requestsFor, type Operation } from "./requests-for.ts";
import { compareContenders, type LoadedContender } from "./compare-contenders.ts";
import { countTrips } from "./count-trips.ts";
import { measureRecordedDeletion } from "./recorded-deletion.ts";
import { cpuOf, memoryAfterAll, memoryOf, ratesOf, ratiosOf, tripsOf } from "./figures.ts";

export const read = (testbed: SharedTestbed): Subject => ({
  name: "read",
  title: "reads and creates of the server and of other stacks on the same data",
  measure: async (options) => {
    const current = await testbed.open(options);
    const figures = await withContenders(current, (contenders) => measureRates(options, current, contenders));
    return [...figures, ...(await measureTrips(options, current))];
  },
});

const allContenders = ["projo", "F", "FA", "U", "U-lean", "R", "B", "B-lean"] as const;

/** The contenders of each operation: those with a goal, and those that a goal refers to. Others would only take time. */
const comparisons: readonly { operation: Operation; names: readonly ContenderName[] }[] = [
  { operation: "getTask", names: allContenders },
  { operation: "listTasks", names: ["projo", "FA", "U", "B"] },
  { operation: "getProject", names: ["projo", "U"] },
  { operation: "createTask", names: ["projo", "U"] },
];

const CALLERS = 32;

async function withContenders<T>(
  testbed: Testbed,
  work: (contenders: LoadedContender[]) => Promise<T>,
): Promise<T> {
  const contenders: LoadedContender[] = [];
  try {
    for (const name of allContenders) {
      const running = await testbed.start(name);
      contenders.push({ ...running, load: openLoad({ url: running.server.url, connections: CALLERS }) });
    }
    return await work(contenders);
  } finally {
    await Promise.all(contenders.map(({ load, server }) => load.close().then(() => server.stop())));
  }
}

async function measureRates(
  { quick, progress }: RunOptions,
  { data, database }: Testbed,
  contenders: readonly LoadedContender[],
): Promise<Figure[]> {
  const bursts = quick
    ? { rounds: 1, warmUpMs: 1_000, burstMs: 1_000, concurrency: CALLERS }
    : { rounds: 3, warmUpMs: 3_000, burstMs: 2_000, concurrency: CALLERS };
  const figures: Figure[] = [];
  for (const { operation, names } of comparisons) {
    progress(`${operation}: ${names.join(", ")}`);
    const compared = contenders.filter(({ contender }) => names.some((name) => name === contender.name));
    const requestsOf = requestsFor(operation, data.targets);
    const outcome = await compareContenders(compared, requestsOf, bursts);
    figures.push(...ratiosOf(operation, outcome), ...ratesOf(operation, outcome));
    if (operation !== "getTask") continue;
    const memory = compared.map(({ contender, server }) => ({ name: contender.name, rssMb: server.rssMb() }));
    figures.push(...cpuOf(operation, outcome), ...memoryOf(memory));
    const ms = quick ? 250 : 1_000;
    const alone = { rounds: 1, warmUpMs: ms, burstMs: ms, concurrency: 1 };
    figures.push(...ratesOf(operation, await compareContenders(compared, requestsOf, alone)));
  }
  progress("deletion with an audit entry: projo, U");
  const length = { ...bursts, most: quick ? 10_000 : 50_000 };
  figures.push(
    ...(await measureRecordedDeletion(database.owner, { contenders, targets: data.targets }, length)),
  );
  const ours = contenders.filter(({ contender }) => contender.name === "projo");
  figures.push(...ours.map(({ server }) => memoryAfterAll(server.rssMb())));
  return figures;
}

async function measureTrips({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const counted = [];
  for (const name of allContenders) {
    progress(`round trips: ${name}`);
    const operations =
      name === "projo" ? comparisons.map(({ operation }) => operation) : (["getTask"] as const);
    const trips = await countTrips(testbed, name, { operations, ms: quick ? 150 : 1_000 });
    counted.push(...trips.map((one) => ({ name, ...one })));
  }
  return tripsOf(counted);
}
