// From the start of a process to its first answer: the server, which brings its own database up, against better-auth's,
// whose database runs already; and the command line.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { urlIn } from "../contenders/contender.ts";
import { startServerProcess } from "../processes/server-process.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds, type Readings } from "../runner/in-rounds.ts";
import type { How, Subject } from "../runner/run-bench.ts";
import { eachInTurn } from "../stage/each-in-turn.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import type { Stage } from "../stage/stage.ts";
import { commandMs, projo } from "./command.ts";
import { firstAnswerMs } from "./first-answer.ts";

export const start = (stage: SharedStage): Subject => ({
  name: "start",
  title: "from the start of a process to its first answer",
  measure: async (how) => measure(how, await stage.open(how)),
});

async function measure({ quick, say }: How, stage: Stage): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), "projo-bench-"));
  const embedded = (dataDir: string) => () => firstReadyMs(stage, join(directory, dataDir));
  try {
    const cold = await inRounds([{ name: "cold", take: () => embedded(`cold-${performance.now()}`)() }], {
      rounds: quick ? 1 : 3,
      say: (round) => say(`first starts, ${round}`),
    });
    await embedded("warm")();
    const warm = await inRounds(
      [
        { name: "product", take: embedded("warm") },
        { name: "B", take: () => firstReadMs(stage) },
      ],
      { rounds: quick ? 3 : 9, say: (round) => say(`servers, ${round}`) },
    );
    const command = await inRounds(
      [
        { name: "node", take: () => commandMs(["-e", "0"]) },
        { name: "version", take: () => commandMs([projo, "--version"]) },
        { name: "help", take: () => commandMs([projo, "--help"]) },
      ],
      { rounds: quick ? 5 : 15, say: (round) => say(`commands, ${round}`) },
    );
    return figuresOf({ cold, warm, command });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The server with its own PostgreSQL, until both are ready. */
function firstReadyMs({ contenders: { projo: product } }: Stage, dataDir: string): Promise<number> {
  const program = [process.execPath, ...product.program];
  const env = { NODE_ENV: "production", PORT: "0", PROJO_DATA_DIR: dataDir };
  return firstAnswerMs(() => startServerProcess({ program, env, ready: urlIn }), {
    method: "GET",
    path: "/readyz",
    headers: {},
  });
}

/** Its first answer of which it had to ask its database. */
async function firstReadMs({ contenders: { B }, data, start: startOf }: Stage): Promise<number> {
  const target = eachInTurn(data.targets)();
  return firstAnswerMs(async () => (await startOf("B")).server, B.requests.getTask(target));
}

type Taken = Readonly<Record<"cold" | "warm" | "command", Readings<number>>>;

function figuresOf({ cold, warm, command }: Taken): Figure[] {
  const ms = (value: number) => value;
  const seconds = (value: number) => value / 1000;
  return [
    {
      group: "the server with its own database",
      name: "first start of an installation",
      value: cold.median("cold", seconds),
      unit: "s",
      goal: { atMost: 5 },
    },
    {
      group: "the server with its own database",
      name: "every further start",
      value: warm.median("product", seconds),
      unit: "s",
    },
    {
      group: "the server with its own database",
      name: "better-auth's server, whose database runs already",
      value: warm.median("B", seconds),
      unit: "s",
    },
    {
      group: "the server with its own database",
      name: "further start against better-auth's",
      value: warm.ratio("product", "B", ms),
      unit: "x",
      goal: { atMost: 0.5 },
    },
    { group: "the command line", name: "projo --version", value: command.median("version", ms), unit: "ms" },
    { group: "the command line", name: "projo --help", value: command.median("help", ms), unit: "ms" },
    { group: "the command line", name: "node itself", value: command.median("node", ms), unit: "ms" },
  ];
}
