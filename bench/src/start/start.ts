// The time from the start of a process to its first response: the server, which starts its own database, and the better-auth server,
// whose database is already running.
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { listeningUrl } from "../contenders/contender.ts";
import { startServerProcess } from "../processes/server-process.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds, type Readings } from "../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import { withTemporaryDirectory } from "../runner/temporary-directory.ts";
import { roundRobin } from "../runner/round-robin.ts";
import type { SharedTestbed } from "../testbed/shared-testbed.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { firstAnswer, type FirstAnswer } from "./first-answer.ts";

export const start = (testbed: SharedTestbed): Subject => ({
  name: "start",
  title: "time from the start of a process to its first response",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const measure = (options: RunOptions, testbed: Testbed): Promise<Figure[]> =>
  withTemporaryDirectory(async (directory) => {
    return figuresOf(await startServers(options, testbed, directory));
  });

async function startServers({ quick, progress }: RunOptions, testbed: Testbed, directory: string) {
  const anew = async () => firstReady(testbed, await mkdtemp(join(directory, "anew-")));
  const again = () => firstReady(testbed, join(directory, "again"));
  const cold = await inRounds([{ name: "cold", take: anew }], {
    rounds: quick ? 1 : 3,
    progress: (round) => progress(`first starts, ${round}`),
  });
  await again();
  const warm = await inRounds(
    [
      { name: "projo", take: again },
      { name: "B", take: () => firstRead(testbed) },
    ],
    { rounds: quick ? 3 : 7, progress: (round) => progress(`servers, ${round}`) },
  );
  return { cold, warm };
}

/** Starts the server with its own PostgreSQL, and waits until /readyz responds with 200. */
function firstReady({ contenders: { projo: product } }: Testbed, dataDir: string): Promise<FirstAnswer> {
  const program = [process.execPath, ...product.program];
  const env = { NODE_ENV: "production", PORT: "0", PROJO_DATA_DIR: dataDir };
  return firstAnswer(() => startServerProcess({ program, env, ready: listeningUrl }), {
    method: "GET",
    path: "/readyz",
    headers: {},
  });
}

/** Starts the better-auth server, and waits for its first response with data from the database. */
async function firstRead(testbed: Testbed): Promise<FirstAnswer> {
  const request = testbed.contenders.B.requests.getTask(roundRobin(testbed.data.targets)());
  return firstAnswer(async () => (await testbed.start("B")).server, request);
}

interface StartReadings {
  readonly cold: Readings<FirstAnswer>;
  readonly warm: Readings<FirstAnswer>;
}

const SERVERS = "servers";

function figuresOf({ cold, warm }: StartReadings): Figure[] {
  return [
    {
      group: SERVERS,
      name: "first start of an installation",
      value: cold.median("cold", answersSeconds),
      unit: "s",
      goal: { atMost: 5 },
    },
    { group: SERVERS, name: "later starts", value: warm.median("projo", answersSeconds), unit: "s" },
    {
      group: SERVERS,
      name: "better-auth, until it listens",
      value: warm.median("B", ({ listensMs }) => listensMs / 1000),
      unit: "s",
    },
    {
      group: SERVERS,
      name: "better-auth, until its first response",
      value: warm.median("B", answersSeconds),
      unit: "s",
    },
    {
      group: SERVERS,
      name: "later starts, relative to better-auth",
      value: warm.ratio("projo", "B", answersSeconds),
      unit: "x",
      goal: { atMost: 0.5 },
    },
  ];
}

const answersSeconds = ({ answersMs }: FirstAnswer): number => answersMs / 1000;
