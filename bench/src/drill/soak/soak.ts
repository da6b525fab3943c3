// A constant load without faults, for as long as requested: memory, handles and times must stay level.
import { readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { percentile } from "../../load/percentile.ts";
import { isFailure } from "../load/attempt.ts";
import { checkChains } from "../load/check-chains.ts";
import { checkWrites } from "../load/check-writes.ts";
import { openLoad, type Load } from "../load/load.ts";
import type { Stack } from "../stack/stack.ts";
import type { Interval } from "./interval.ts";
import { headingLine, intervalLine } from "./interval.ts";
import { levelProblems } from "./level.ts";

interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly streams: { readonly out: (text: string) => void; readonly err: (text: string) => void };
}

const CLIENTS = 6;
const PAUSE_MS = 60;
const INTERVALS = 24;
const WARM_UP_MS = 30_000;

/** @returns 1 if a call failed, a value grew, or a write is missing */
export async function soak(stack: Stack, { minutes, seed, streams }: SoakOptions): Promise<0 | 1> {
  const load = await openLoad({ service: stack.service, seed, clients: CLIENTS, pauseMs: PAUSE_MS });
  const intervalMs = (minutes * 60_000) / INTERVALS;
  const intervals: Interval[] = [];
  load.start();
  try {
    await delay(Math.min(WARM_UP_MS, intervalMs));
    streams.out(`${headingLine}\n`);
    for (let n = 0; n < INTERVALS; n += 1) {
      load.attempts.length = 0;
      await delay(intervalMs);
      const interval = measure(stack, load, { minute: ((n + 1) * minutes) / INTERVALS, intervalMs });
      intervals.push(interval);
      streams.out(`${intervalLine(interval)}\n`);
    }
  } finally {
    await load.stop();
  }
  await load.settle();
  const writes = await checkWrites(stack.primary.owner, load.ledger);
  const { failedCalls, ledger } = load;
  const problems = [
    ...levelProblems(intervals),
    ...writes.missing.map((what) => `missing: ${what}`),
    ...writes.doubled.map((what) => `done twice: ${what}`),
    ...(await checkChains(stack.service, load.homes)),
    ...ledger.contradictions,
    ...(failedCalls.length > 0
      ? [
          `${failedCalls.length} SDK calls failed, such as ${failedCalls[0]?.operation}: ${failedCalls[0]?.message}`,
        ]
      : []),
  ];
  streams.out(`\n${writes.acknowledged} acknowledged writes were checked.\n`);
  for (const problem of problems) streams.out(`${problem}\n`);
  return problems.length === 0 ? 0 : 1;
}

function measure(
  { servers }: Stack,
  { attempts }: Load,
  { minute, intervalMs }: { readonly minute: number; readonly intervalMs: number },
): Interval {
  const waits = attempts.map(({ sentAt, endedAt }) => endedAt - sentAt).toSorted((one, other) => one - other);
  return {
    minute,
    requestsPerSecond: attempts.length / (intervalMs / 1_000),
    failures: attempts.filter(isFailure).length,
    p50Ms: percentile(waits, 50),
    p99Ms: percentile(waits, 99),
    rssMb: servers.map((server) => server.resources().rssMb()),
    handles: servers.map(({ process: server }) => readdirSync(`/proc/${server.pid()}/fd`).length),
  };
}
