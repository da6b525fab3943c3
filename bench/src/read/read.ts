// What the server's promises cost, against those who make none of them and against those who make some: a task read, a
// list, another read and a create, by everybody who can, over one PostgreSQL.
import type { ContenderName } from "../contenders/contenders.ts";
import { openLoad } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import type { How, Subject } from "../runner/run-bench.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import type { Stage } from "../stage/stage.ts";
import { askingFor, type Operation } from "./asking.ts";
import { bout, type Entrant } from "./bout.ts";
import { countTrips } from "./count-trips.ts";
import { measureOnRecord } from "./on-record.ts";
import { cpuOf, memoryAfterAll, memoryOf, ratesOf, ratiosOf, tripsOf } from "./figures.ts";

export const read = (stage: SharedStage): Subject => ({
  name: "read",
  title: "reads and creates, the server against other stacks on the same data",
  measure: async (how) => {
    const standing = await stage.open(how);
    const figures = await withEntrants(standing, (entrants) => measureRates(how, standing, entrants));
    return [...figures, ...(await measureTrips(how, standing))];
  },
});

const everybody = ["projo", "F", "FA", "U", "U-lean", "R", "B", "B-lean"] as const;

/** Who takes part in what: who has no goal there, and is no measure of one, would only take time. */
const bouts: readonly { operation: Operation; names: readonly ContenderName[] }[] = [
  { operation: "getTask", names: everybody },
  { operation: "listTasks", names: ["projo", "FA", "U", "B"] },
  { operation: "getProject", names: ["projo", "U"] },
  { operation: "createTask", names: ["projo", "U"] },
];

const CALLERS = 32;

async function withEntrants<T>(stage: Stage, work: (entrants: Entrant[]) => Promise<T>): Promise<T> {
  const entrants: Entrant[] = [];
  try {
    for (const name of everybody) {
      const running = await stage.start(name);
      entrants.push({ ...running, load: openLoad({ url: running.server.url, connections: CALLERS }) });
    }
    return await work(entrants);
  } finally {
    await Promise.all(entrants.map(({ load, server }) => load.close().then(() => server.stop())));
  }
}

async function measureRates(
  { quick, say }: How,
  { data, database }: Stage,
  entrants: readonly Entrant[],
): Promise<Figure[]> {
  const many = quick
    ? { rounds: 1, warmUpMs: 1_000, burstMs: 1_000, concurrency: CALLERS }
    : { rounds: 3, warmUpMs: 3_000, burstMs: 2_000, concurrency: CALLERS };
  const figures: Figure[] = [];
  for (const { operation, names } of bouts) {
    say(`${operation}: ${names.join(", ")}`);
    const taking = entrants.filter(({ contender }) => names.some((name) => name === contender.name));
    const asking = askingFor(operation, data.targets);
    const outcome = await bout(taking, asking, many);
    figures.push(...ratiosOf(operation, outcome), ...ratesOf(operation, outcome));
    if (operation !== "getTask") continue;
    const held = taking.map(({ contender, server }) => ({ name: contender.name, rssMb: server.rssMb() }));
    figures.push(...cpuOf(operation, outcome), ...memoryOf(held));
    const ms = quick ? 250 : 1_000;
    const alone = { rounds: 1, warmUpMs: ms, burstMs: ms, concurrency: 1 };
    figures.push(...ratesOf(operation, await bout(taking, asking, alone)));
  }
  say("a change on record: projo, U");
  const length = { ...many, most: quick ? 10_000 : 50_000 };
  figures.push(...(await measureOnRecord(database.owner, { entrants, targets: data.targets }, length)));
  const ours = entrants.filter(({ contender }) => contender.name === "projo");
  figures.push(...ours.map(({ server }) => memoryAfterAll(server.rssMb())));
  return figures;
}

async function measureTrips({ quick, say }: How, stage: Stage): Promise<Figure[]> {
  const counted = [];
  for (const name of everybody) {
    say(`waited trips: ${name}`);
    const operations = name === "projo" ? bouts.map(({ operation }) => operation) : (["getTask"] as const);
    const trips = await countTrips(stage, name, { operations, ms: quick ? 150 : 1_000 });
    counted.push(...trips.map((one) => ({ name, ...one })));
  }
  return tripsOf(counted);
}
