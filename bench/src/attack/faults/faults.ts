// Faults of the network and of PostgreSQL under load. Measures the recovery time of the server, the longest wait of a caller,
// and whether each acknowledged write is stored exactly once.
import { layFaultyNetwork, type FaultyNetwork } from "@projostack/db/faulty-network";
import { setTimeout as delay } from "node:timers/promises";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { startCallers, type CallAnswer } from "./faults-callers.ts";
import { findPostgresProcesses, type PostgresProcesses } from "./postgres-processes.ts";
import { watchHealth } from "../watch-health.ts";

interface Fault {
  readonly name: string;
  readonly title: string;
  readonly seconds: number;
  readonly quickSeconds: number;
  begin(network: FaultyNetwork, postgres: PostgresProcesses): void;
  end(network: FaultyNetwork, postgres: PostgresProcesses): void;
}

const faults: readonly Fault[] = [
  {
    name: "faults-swallowed",
    title: "the network to PostgreSQL drops all bytes for 6 s and keeps the connections open",
    seconds: 6,
    quickSeconds: 2,
    begin: (network) => network.become("swallows"),
    end: (network) => network.become("passes"),
  },
  {
    name: "faults-frozen",
    title: "the network to PostgreSQL delays all bytes for 15 s and then delivers them",
    seconds: 15,
    quickSeconds: 5,
    begin: (network) => network.become("freezes"),
    end: (network) => network.become("passes"),
  },
  {
    name: "faults-stopped",
    title: "all PostgreSQL processes are stopped (SIGSTOP) for 12 s",
    seconds: 12,
    quickSeconds: 5,
    begin: (_, postgres) => postgres.stop(),
    end: (_, postgres) => postgres.continue(),
  },
];

export const faultsOn = (testbed: SharedTestbed): readonly Subject[] => [
  ...faults.map((fault) => ({
    name: fault.name,
    title: fault.title,
    measure: async (options: RunOptions) => measure(fault, options, await testbed.open(options)),
  })),
  {
    name: "faults-shutdown",
    title: "SIGTERM while the network to PostgreSQL drops all bytes",
    measure: async (options) => measureShutdown(options, await testbed.open(options)),
  },
];

const AFTER_MS = 8_000;
const QUICK_AFTER_MS = 4_000;

async function measure(fault: Fault, { quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const { database, data, contenders } = testbed;
  const postgres = await findPostgresProcesses(database.owner);
  const network = await layFaultyNetwork(database.target);
  const databaseAddress = { host: network.host, port: network.port };
  const { server } = await testbed.start("projo", { databaseAddress, environment: { PROJO_LIMITS: "1000" } });
  try {
    const callers = startCallers({
      url: server.url,
      many: 60,
      requests: contenders.projo.requests,
      targets: data.targets,
    });
    await delay(quick ? 1_500 : 3_000);
    const health = watchHealth(server.url);
    const seconds = quick ? fault.quickSeconds : fault.seconds;
    progress(`injecting the fault for ${seconds} s`);
    const beganAt = performance.now();
    fault.begin(network, postgres);
    await delay(seconds * 1_000);
    fault.end(network, postgres);
    const endedAt = performance.now();
    await delay(quick ? QUICK_AFTER_MS : AFTER_MS);
    const watched = await health.stop();
    const answers = await callers.stop();
    const written = await countTitles(testbed, answers);
    return [
      ...figuresOf(answers, { beganAt, endedAt }),
      ...written,
      { name: "slowest /livez", value: watched.slowestLivezMs, unit: "ms" },
      {
        name: "/livez responses other than 200",
        value: watched.failedLivez,
        unit: "responses",
        goal: { atMost: 0 },
      },
      { name: "slowest /readyz", value: watched.slowestReadyzMs, unit: "ms", goal: { atMost: 2_000 } },
      {
        name: "/readyz responses with 200 during the fault",
        value: watched.readyBetween(beganAt + 2_000, endedAt),
        unit: "responses",
        goal: { atMost: 0 },
      },
    ];
  } finally {
    fault.end(network, postgres);
    await server.stop();
    await network.close();
  }
}

/** Measures the shutdown time of a server whose database has just stopped responding. The server is killed after 10 s. */
async function measureShutdown({ progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const { database, data, contenders } = testbed;
  const network = await layFaultyNetwork(database.target);
  const databaseAddress = { host: network.host, port: network.port };
  const { server } = await testbed.start("projo", { databaseAddress, environment: { PROJO_LIMITS: "1000" } });
  const { requests } = contenders.projo;
  const callers = startCallers({ url: server.url, many: 60, requests, targets: data.targets });
  try {
    await delay(1_500);
    network.become("swallows");
    await delay(300);
    progress("sending SIGTERM to the server");
    const signalledAt = performance.now();
    await Promise.all([server.stop(), callers.stop()]);
    return [
      {
        name: "shutdown time",
        value: performance.now() - signalledAt,
        unit: "ms",
        goal: { atMost: 9_500 },
      },
    ];
  } finally {
    await server.stop();
    await network.close();
  }
}

function figuresOf(
  answers: readonly CallAnswer[],
  { beganAt, endedAt }: { beganAt: number; endedAt: number },
): Figure[] {
  const before = answers.filter(({ answeredAt }) => answeredAt < beganAt);
  const after = answers.filter(({ answeredAt }) => answeredAt >= endedAt);
  const failed = answers.filter(({ status }) => status !== 200);
  const lastFailure = Math.max(endedAt, ...failed.map(({ answeredAt }) => answeredAt));
  const firstSuccess = after.find(({ status, sentAt }) => status === 200 && sentAt >= endedAt);
  const healthyAt = Math.max(lastFailure, firstSuccess?.answeredAt ?? Number.POSITIVE_INFINITY);
  const longest = Math.max(...answers.map(({ sentAt, answeredAt }) => answeredAt - sentAt));
  const odd = failed.filter(({ status }) => status !== 503);
  const withoutRetryAfter = failed.filter(
    ({ status, body }) => status === 503 && !body.includes('"retryAfter":'),
  );
  return [
    { name: "responses before the fault", value: before.length, unit: "calls" },
    {
      name: "responses during the fault",
      value: answers.length - before.length - after.length,
      unit: "calls",
    },
    { name: "refused with 503", value: failed.length - odd.length, unit: "calls" },
    {
      name: "recovery time after the fault",
      value: healthyAt - endedAt,
      unit: "ms",
      goal: { atMost: 2_000 },
    },
    { name: "longest wait for a response", value: longest, unit: "ms", goal: { atMost: 10_000 } },
    { name: "responses other than 200 and 503", value: odd.length, unit: "calls", goal: { atMost: 0 } },
    {
      name: "503 responses without retryAfter",
      value: withoutRetryAfter.length,
      unit: "calls",
      goal: { atMost: 0 },
    },
  ];
}

/** Counts the acknowledged tasks that are missing, and all tasks that were written twice. */
async function countTitles({ database }: Testbed, answers: readonly CallAnswer[]): Promise<Figure[]> {
  const attemptedTitles = answers.flatMap(({ title }) => (title === null ? [] : [title]));
  const { rows } = await database.owner.query<{ title: string; many: number }>(
    "SELECT title, count(*)::int AS many FROM tasks WHERE title = ANY ($1) GROUP BY title",
    [attemptedTitles],
  );
  const found = new Map(rows.map(({ title, many }) => [title, many]));
  const acknowledged = answers.filter(({ title, status }) => title !== null && status === 200);
  const lost = acknowledged.filter(({ title }) => !found.has(title ?? ""));
  const doubled = rows.filter(({ many }) => many > 1);
  return [
    { name: "acknowledged writes", value: acknowledged.length, unit: "tasks" },
    { name: "lost acknowledged writes", value: lost.length, unit: "tasks", goal: { atMost: 0 } },
    { name: "duplicate writes", value: doubled.length, unit: "tasks", goal: { atMost: 0 } },
  ];
}
