// Reads and writes of one workspace, while forty callers write into a locked project of another workspace.
import { setTimeout as delay } from "node:timers/promises";
import type { Target } from "../../dataset/data-set.ts";
import type { Figure } from "../../runner/figure.ts";
import { inRounds } from "../../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { roundRobin } from "../../runner/round-robin.ts";
import { mutationOf, queryOf } from "../../testbed/product-calls.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { openCallers, type Tally } from "./overload-callers.ts";
import { quietTargets } from "./overload-targets.ts";

export const overloadLocked = (testbed: SharedTestbed): Subject => ({
  name: "overload-locked",
  title: "reads and writes of one workspace while forty callers write into a locked project of another",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const WRITERS = 40;
const OTHERS = 8;
const HEAD_START_MS = 500;

interface Beside {
  /** Half of them read a task in one statement, and half read a project, which takes a connection of the pool. */
  readonly reads: Tally;
  readonly writes: Tally;
  readonly locked: Tally | null;
}

async function measure({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const { server } = await testbed.start("projo");
  const writers = openCallers({ url: server.url, connections: WRITERS });
  const readers = openCallers({ url: server.url, connections: OTHERS });
  const others = openCallers({ url: server.url, connections: OTHERS });
  try {
    const [victim] = testbed.data.biggest;
    if (!victim) throw new RangeError("The biggest workspace has no target.");
    const nextRead = roundRobin(quietTargets(testbed));
    const nextWrite = roundRobin(quietTargets(testbed));
    let sentCalls = 0;
    const read = () => {
      const target = nextRead();
      sentCalls += 1;
      return sentCalls % 2 === 0
        ? queryOf(target, "tasks.get", { id: target.taskId })
        : queryOf(target, "projects.get", { id: target.projectId });
    };
    const ms = quick ? 1_500 : 5_000;
    const both = async () => {
      const [reads, writes] = await Promise.all([
        readers.run(read, { many: OTHERS, ms }),
        others.run(() => write(nextWrite()), { many: OTHERS, ms }),
      ]);
      return { reads, writes };
    };
    const beside = (): Promise<Beside> =>
      withLocked(testbed, victim, async () => {
        const blocked = writers.run(() => write(victim), {
          many: WRITERS,
          ms: ms + HEAD_START_MS,
          pauseMs: 50,
        });
        const during = await delay(HEAD_START_MS).then(both);
        return { ...during, locked: await blocked };
      });
    await both();
    const readings = await inRounds<Beside>(
      [
        { name: "alone", take: async () => ({ ...(await both()), locked: null }) },
        { name: "beside", take: beside },
      ],
      { rounds: quick ? 1 : 3, progress },
    );
    const part = (group: string, of: (beside: Beside) => Tally): Figure[] => [
      { group, name: "alone", value: readings.median("alone", (one) => of(one).servedPerSecond), unit: "/s" },
      {
        group,
        name: "beside",
        value: readings.median("beside", (one) => of(one).servedPerSecond),
        unit: "/s",
      },
      {
        group,
        name: "beside, relative to alone",
        value: readings.ratio("beside", "alone", (one) => of(one).servedPerSecond),
        unit: "x",
        goal: { atLeast: quick ? 0.1 : 0.33 },
      },
      {
        group,
        name: "responses other than 200",
        value: readings.median("beside", (one) => of(one).refused + of(one).other),
        unit: "",
        goal: { atMost: quick ? 5 : 0 },
      },
    ];
    const lockedGroup = "writers of the locked project";
    return [
      ...part("reads of another workspace", ({ reads }) => reads),
      ...part("writes of another workspace", ({ writes }) => writes),
      {
        group: lockedGroup,
        name: "refused",
        value: readings.median("beside", ({ locked }) => locked?.refused ?? 0),
        unit: "",
      },
      {
        group: lockedGroup,
        name: "slowest response",
        value: readings.median("beside", ({ locked }) => locked?.slowestMs ?? 0),
        unit: "ms",
        goal: { atMost: 10_000 },
      },
    ];
  } finally {
    for (const each of [writers, readers, others]) each.close();
    await server.stop();
  }
}

const write = (target: Target) =>
  mutationOf(target, "tasks.create", { projectId: target.projectId, title: "Write the report" });

/** Locks the row of a project during the work, as a migration or an operator with psql might. */
async function withLocked<T>(testbed: Testbed, { projectId }: Target, work: () => Promise<T>): Promise<T> {
  const { owner } = testbed.database;
  await owner.query("BEGIN");
  try {
    await owner.query("SELECT FROM projects WHERE id = $1 FOR UPDATE", [projectId]);
    return await work();
  } finally {
    await owner.query("ROLLBACK");
  }
}
