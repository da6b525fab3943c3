// From the start of a process to its first answer: the server, which brings its own database up, against better-auth's,
// whose database runs already; and the command line.
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { urlIn } from "../contenders/contender.ts";
import { startServerProcess } from "../processes/server-process.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds, type Readings } from "../runner/in-rounds.ts";
import type { How, Subject } from "../runner/run-bench.ts";
import { withTemporaryDirectory } from "../runner/temporary-directory.ts";
import { eachInTurn } from "../stage/each-in-turn.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import type { Stage } from "../stage/stage.ts";
import { commandMs, projo } from "./command.ts";
import { firstAnswer, type FirstAnswer } from "./first-answer.ts";

export const start = (stage: SharedStage): Subject => ({
  name: "start",
  title: "from the start of a process to its first answer",
  measure: async (how) => measure(how, await stage.open(how)),
});

const measure = (how: How, stage: Stage): Promise<Figure[]> =>
  withTemporaryDirectory(async (directory) => {
    const { cold, warm } = await startServers(how, stage, directory);
    return figuresOf({ cold, warm, command: await startCommands(how) });
  });

async function startServers({ quick, say }: How, stage: Stage, directory: string) {
  const anew = async () => firstReady(stage, await mkdtemp(join(directory, "anew-")));
  const again = () => firstReady(stage, join(directory, "again"));
  const cold = await inRounds([{ name: "cold", take: anew }], {
    rounds: quick ? 1 : 3,
    say: (round) => say(`first starts, ${round}`),
  });
  await again();
  const warm = await inRounds(
    [
      { name: "projo", take: again },
      { name: "B", take: () => firstRead(stage) },
    ],
    { rounds: quick ? 3 : 7, say: (round) => say(`servers, ${round}`) },
  );
  return { cold, warm };
}

const startCommands = ({ quick, say }: How): Promise<Readings<number>> =>
  inRounds(
    [
      { name: "node", take: () => commandMs(["-e", "0"]) },
      { name: "version", take: () => commandMs([projo, "--version"]) },
      { name: "help", take: () => commandMs([projo, "--help"]) },
    ],
    { rounds: quick ? 5 : 15, say: (round) => say(`commands, ${round}`) },
  );

/** The server with its own PostgreSQL, until both are ready. */
function firstReady({ contenders: { projo: product } }: Stage, dataDir: string): Promise<FirstAnswer> {
  const program = [process.execPath, ...product.program];
  const env = { NODE_ENV: "production", PORT: "0", PROJO_DATA_DIR: dataDir };
  return firstAnswer(() => startServerProcess({ program, env, ready: urlIn }), {
    method: "GET",
    path: "/readyz",
    headers: {},
  });
}

/** Its first answer of which it had to ask its database. */
async function firstRead(stage: Stage): Promise<FirstAnswer> {
  const request = stage.contenders.B.requests.getTask(eachInTurn(stage.data.targets)());
  return firstAnswer(async () => (await stage.start("B")).server, request);
}

interface Taken {
  readonly cold: Readings<FirstAnswer>;
  readonly warm: Readings<FirstAnswer>;
  readonly command: Readings<number>;
}

const SERVERS = "servers";
const COMMANDS = "the command line";

function figuresOf({ cold, warm, command }: Taken): Figure[] {
  return [
    {
      group: SERVERS,
      name: "first start of an installation",
      value: cold.median("cold", answersSeconds),
      unit: "s",
      goal: { atMost: 5 },
    },
    { group: SERVERS, name: "further starts", value: warm.median("projo", answersSeconds), unit: "s" },
    {
      group: SERVERS,
      name: "better-auth's, until it listens",
      value: warm.median("B", ({ listensMs }) => listensMs / 1000),
      unit: "s",
    },
    {
      group: SERVERS,
      name: "better-auth's, to its first answer",
      value: warm.median("B", answersSeconds),
      unit: "s",
    },
    {
      group: SERVERS,
      name: "further starts against better-auth's",
      value: warm.ratio("projo", "B", answersSeconds),
      unit: "x",
      goal: { atMost: 0.5 },
    },
    { group: COMMANDS, name: "projo --version", value: command.median("version", itself), unit: "ms" },
    { group: COMMANDS, name: "projo --help", value: command.median("help", itself), unit: "ms" },
    { group: COMMANDS, name: "node itself", value: command.median("node", itself), unit: "ms" },
  ];
}

const answersSeconds = ({ answersMs }: FirstAnswer): number => answersMs / 1000;
const itself = (ms: number): number => ms;
