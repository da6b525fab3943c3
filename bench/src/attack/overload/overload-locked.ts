// Reads and changes of one workspace while a project of another is locked and forty callers write into it.
import { setTimeout as delay } from "node:timers/promises";
import type { Target } from "../../dataset/data-set.ts";
import type { Figure } from "../../runner/figure.ts";
import { inRounds } from "../../runner/in-rounds.ts";
import type { How, Subject } from "../../runner/run-bench.ts";
import { eachInTurn } from "../../stage/each-in-turn.ts";
import { mutationOf, queryOf } from "../../stage/product-calls.ts";
import type { SharedStage } from "../../stage/shared-stage.ts";
import type { Stage } from "../../stage/stage.ts";
import { openCallers, type Tally } from "./overload-callers.ts";
import { quietTargets } from "./overload-targets.ts";

export const overloadLocked = (stage: SharedStage): Subject => ({
  name: "overload-locked",
  title: "another workspace's reads and changes beside forty writers of a locked project",
  measure: async (how) => measure(how, await stage.open(how)),
});

const WRITERS = 40;
const OTHERS = 8;
const HEAD_START_MS = 500;

interface Beside {
  /** Of a task, which is a quick read, and of a project, which takes a connection of the pool. */
  readonly reads: Tally;
  readonly writes: Tally;
  readonly locked: Tally | null;
}

async function measure({ quick, say }: How, stage: Stage): Promise<Figure[]> {
  const { server } = await stage.start("projo");
  const writers = openCallers({ url: server.url, connections: WRITERS });
  const readers = openCallers({ url: server.url, connections: OTHERS });
  const others = openCallers({ url: server.url, connections: OTHERS });
  try {
    const [victim] = stage.data.biggest;
    if (!victim) throw new RangeError("The biggest workspace has no target.");
    const nextRead = eachInTurn(quietTargets(stage));
    const nextWrite = eachInTurn(quietTargets(stage));
    let asked = 0;
    const read = () => {
      const target = nextRead();
      asked += 1;
      return asked % 2 === 0
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
      withLocked(stage, victim, async () => {
        const blocked = writers.run(() => write(victim), {
          many: WRITERS,
          ms: ms + HEAD_START_MS,
          pauseMs: 50,
        });
        const during = await delay(HEAD_START_MS).then(both);
        return { ...during, locked: await blocked };
      });
    await both();
    const taken = await inRounds<Beside>(
      [
        { name: "alone", take: async () => ({ ...(await both()), locked: null }) },
        { name: "beside", take: beside },
      ],
      { rounds: quick ? 1 : 3, say },
    );
    const part = (group: string, of: (beside: Beside) => Tally): Figure[] => [
      { group, name: "alone", value: taken.median("alone", (one) => of(one).servedPerSecond), unit: "/s" },
      { group, name: "beside", value: taken.median("beside", (one) => of(one).servedPerSecond), unit: "/s" },
      {
        group,
        name: "beside against alone",
        value: taken.ratio("beside", "alone", (one) => of(one).servedPerSecond),
        unit: "x",
        goal: { atLeast: quick ? 0.1 : 0.33 },
      },
      {
        group,
        name: "not answered 200",
        value: taken.median("beside", (one) => of(one).refused + of(one).other),
        unit: "",
        goal: { atMost: quick ? 5 : 0 },
      },
    ];
    const lockedGroup = "writers of the locked project";
    return [
      ...part("reads of another workspace", ({ reads }) => reads),
      ...part("changes of another workspace", ({ writes }) => writes),
      {
        group: lockedGroup,
        name: "refused",
        value: taken.median("beside", ({ locked }) => locked?.refused ?? 0),
        unit: "",
      },
      {
        group: lockedGroup,
        name: "slowest answer",
        value: taken.median("beside", ({ locked }) => locked?.slowestMs ?? 0),
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

/** Holds a project's row for the length of the work, as a migration or a person at psql might. */
async function withLocked<T>(stage: Stage, { projectId }: Target, work: () => Promise<T>): Promise<T> {
  const { owner } = stage.database;
  await owner.query("BEGIN");
  try {
    await owner.query("SELECT FROM projects WHERE id = $1 FOR UPDATE", [projectId]);
    return await work();
  } finally {
    await owner.query("ROLLBACK");
  }
}
