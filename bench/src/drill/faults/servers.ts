// Faults and restarts of the server processes.
import { setTimeout as delay } from "node:timers/promises";
import type { DrillServer, ServerChange, StoppedServer } from "../stack/server.ts";
import type { Stack } from "../stack/stack.ts";
import { repeated, type Fault, type Finding } from "./fault.ts";

const LONGEST_STOP_MS = 10_000;
/** HAProxy checks a server that returns every 0.5 s. */
const UNTIL_CHECKED_MS = 1_200;

export const serverKilled: Fault = {
  name: "server-sigkill",
  title: "SIGKILL of a server",
  expected: "no failed SDK call",
  failedCalls: "none",
  losesAnswers: true,
  steps: repeated({ full: 20, quick: 1 }, 3),
  strike: async ({ servers }, { choice }) => {
    const server = servers[choice];
    await server?.process.end("SIGKILL");
    await server?.untilReady();
    await delay(UNTIL_CHECKED_MS);
    return [];
  },
};

export const serverTerminated: Fault = {
  name: "server-sigterm",
  title: "SIGTERM of a server under load",
  expected: "exit code 0 within 10 s, no failed SDK call",
  failedCalls: "none",
  steps: repeated({ full: 6, quick: 1 }, 3),
  strike: async ({ servers }, { choice }) => restartEach(servers.slice(choice, choice + 1)),
};

export const rollingRestart: Fault = {
  name: "rolling-restart",
  title: "rolling restart of three servers",
  expected: "exit code 0 within 10 s, no failed SDK call",
  failedCalls: "none",
  steps: repeated({ full: 1, quick: 1 }),
  strike: async ({ servers }) => restartEach(servers),
};

export const rollingUpgrade = (previous: string | undefined): Fault => ({
  name: "rolling-upgrade",
  title: "rolling upgrade from the previous build, and back",
  expected: "exit code 0 within 10 s, no failed SDK call",
  failedCalls: "none",
  steps: repeated({ full: 1, quick: 1 }),
  notPossible: () =>
    previous === undefined ? "needs --previous DIRECTORY with a checkout that is built" : null,
  strike: async ({ servers }) => [
    ...(await restartEach(servers, { checkout: previous })),
    ...(await restartEach(servers)),
  ],
});

export const clockADayOff: Fault = {
  name: "clock",
  title: "the clocks of two servers are a day ahead and a day behind",
  expected: "exit code 0 within 10 s, no failed SDK call",
  failedCalls: "none",
  steps: repeated({ full: 1, quick: 1 }),
  strike: async (stack) => {
    const [ahead, behind] = stack.servers;
    const findings = [
      ...(await restartEach([ahead], { environment: shiftedClock(stack, "+1d") })),
      ...(await restartEach([behind], { environment: shiftedClock(stack, "-1d") })),
    ];
    findings.push(await clockFinding(ahead, 86_400_000), await clockFinding(behind, -86_400_000));
    await delay(5_000);
    return [...findings, ...(await restartEach([ahead, behind]))];
  },
};

/** The monotonic clock keeps its pace, as on a machine whose date is wrong. */
const shiftedClock = ({ programs }: Stack, offset: string) => ({
  LD_PRELOAD: programs.faketime,
  FAKETIME: offset,
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
});

/** Shows that the process has another date: the header `date` of its response. */
async function clockFinding(server: DrillServer | undefined, expectedMs: number): Promise<Finding> {
  const response = await fetch(`${server?.url}/livez`);
  await response.arrayBuffer();
  const offsetMs = Date.parse(response.headers.get("date") ?? "") - Date.now();
  const isMet = Math.abs(offsetMs - expectedMs) < 60_000;
  return { text: `the clock is ${Math.round(offsetMs / 3_600_000)} h off`, isMet };
}

async function restartEach(
  servers: readonly (DrillServer | undefined)[],
  change: ServerChange = {},
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const server of servers) {
    if (!server) continue;
    findings.push(exitFinding(await server.restart(change)));
    await delay(UNTIL_CHECKED_MS);
  }
  return findings;
}

const exitFinding = ({ code, signal, milliseconds }: StoppedServer): Finding => ({
  text: `exit ${code ?? signal} after ${(milliseconds / 1_000).toFixed(1)} s`,
  isMet: code === 0 && milliseconds <= LONGEST_STOP_MS,
});
