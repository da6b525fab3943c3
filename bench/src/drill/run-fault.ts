// Runs one row: the load, the strikes, and the checks of what is stored.
import { setTimeout as delay } from "node:timers/promises";
import type { Fault, Finding } from "./faults/fault.ts";
import { isFailure } from "./load/attempt.ts";
import { checkChains } from "./load/check-chains.ts";
import { checkWrites } from "./load/check-writes.ts";
import type { Load } from "./load/load.ts";
import { randomOf } from "./random.ts";
import { judge, notRun, type Row, type Strike } from "./report/row.ts";
import { isReady, type Stack } from "./stack/stack.ts";
import { until } from "./stack/until.ts";

interface RunFaultOptions {
  readonly stack: Stack;
  readonly load: Load;
  readonly seed: number;
  readonly quick: boolean;
}

const WARM_UP_MS = 1_000;
/** The service counts as healthy when nothing has failed for this time. */
const QUIET_MS = 700;
const LONGEST_RECOVERY_MS = 5_500;
const LONGEST_OUTAGE_MS = 30_000;

export async function runFault(fault: Fault, { stack, load, seed, quick }: RunFaultOptions): Promise<Row> {
  const reason = fault.notPossible?.(stack) ?? null;
  if (reason !== null) return notRun(fault, reason);
  const { ledger, attempts, failedCalls } = load;
  attempts.length = 0;
  failedCalls.length = 0;
  ledger.contradictions.length = 0;
  const strikes: Strike[] = [];
  const findings: Finding[] = [];
  load.start();
  try {
    await delay(WARM_UP_MS);
    for (const step of fault.steps(randomOf(seed, fault.name), { quick })) {
      await delay(step.pauseMs);
      const beganAt = performance.now();
      findings.push(...(await fault.strike(stack, step)));
      const endedAt = performance.now();
      strikes.push({ beganAt, endedAt });
      await untilHealthy(load, endedAt);
    }
  } finally {
    await load.stop();
  }
  // A service that has not recovered yet is in the verdict already. The checks below need one that works.
  await until("the service works again", LONGEST_OUTAGE_MS, () => isReady(stack.service)).catch(() => {});
  const unsettled = await load.settle();
  return judge(fault, {
    strikes,
    attempts: [...attempts],
    failedCalls: [...failedCalls],
    findings,
    unsettled,
    contradictions: [...ledger.contradictions],
    writes: await checkWrites(stack.primary.owner, ledger),
    chainProblems: await checkChains(stack.service, load.homes),
  });
}

/** Waits until requests succeed and none fails, or until the recovery takes too long, which the row then shows. */
async function untilHealthy({ attempts }: Load, since: number): Promise<void> {
  const giveUpAt = since + LONGEST_RECOVERY_MS;
  while (performance.now() < giveUpAt) {
    await delay(100);
    const now = performance.now();
    const recent = attempts.filter(({ sentAt, endedAt }) => sentAt >= since && endedAt > now - QUIET_MS);
    if (
      now - since >= QUIET_MS &&
      recent.length >= 5 &&
      !attempts.some((one) => isFailure(one) && one.endedAt > now - QUIET_MS)
    )
      return;
  }
}
