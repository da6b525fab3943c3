// One account writes as fast as it can: 100 tasks per request, or a batch of ten operations that record an audit entry.
import { setTimeout as delay } from "node:timers/promises";
import { openLoad } from "../../load/load-client.ts";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { ACCOUNT_POINTS, defaultBudgets } from "./cost-budgets.ts";
import { createAccount } from "./new-account.ts";

export const costWrites = (testbed: SharedTestbed): Subject => ({
  name: "cost-writes",
  title: "the amount of data that one account can write in a minute",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const CONNECTIONS = 8;
const MINUTE_MS = 60_000;

// The contract's cost of one task in tasks.createMany, and of workspaces.rename, which records an audit entry.
const POINTS_PER_TASK = 4;
const POINTS_PER_ENTRY = 40;

async function measure({ quick }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  // A quick run has a tenth of the time and a tenth of the budget.
  const points = quick ? ACCOUNT_POINTS / 10 : ACCOUNT_POINTS;
  const environment = { ...defaultBudgets, PROJO_BUDGET_ACCOUNT: `${points}` };
  const { server } = await testbed.start("projo", { environment });
  const load = openLoad({ url: server.url, connections: CONNECTIONS });
  try {
    const writer = await createAccount(load, "writer");
    const items = Array.from({ length: 100 }, (_, n) => ({
      projectId: writer.projectId,
      title: `Shelf ${n}`,
    }));
    const names = Array.from({ length: 10 }, (_, n) => ({ name: `Engines ${n}` }));
    const before = await countsOf(testbed, writer.workspaceId);
    let sent = 0;
    const write = () => {
      sent += 1;
      return sent % 2 === 0
        ? writer.request("POST", "tasks.createMany", { items })
        : writer.request("POST", "workspaces.rename", ...names);
    };
    const ms = quick ? 5_000 : 55_000;
    await untilFitsIntoMinute(ms);
    const { perSecond } = await load.burst(write, { ms, concurrency: CONNECTIONS });
    const after = await countsOf(testbed, writer.workspaceId);
    const [tasks, entries] = [after.tasks - before.tasks, after.entries - before.entries];
    return [
      { name: "answered requests, including refusals", value: perSecond, unit: "1/s" },
      { name: "created tasks", value: tasks, unit: "tasks" },
      { name: "recorded audit entries", value: entries, unit: "entries" },
      {
        name: "cost of the written data, within a minute",
        value: tasks * POINTS_PER_TASK + entries * POINTS_PER_ENTRY,
        unit: "points",
        goal: { atMost: points },
      },
    ];
  } finally {
    await load.close();
    await server.stop();
  }
}

async function countsOf(
  { database }: Testbed,
  workspaceId: string,
): Promise<{ tasks: number; entries: number }> {
  const { rows } = await database.owner.query<{ tasks: number; entries: number }>(
    `SELECT (SELECT count(*)::int FROM tasks WHERE workspace_id = $1) AS tasks,
            (SELECT count(*)::int FROM audit_logs WHERE workspace_id = $1) AS entries`,
    [workspaceId],
  );
  return rows[0] ?? { tasks: Number.NaN, entries: Number.NaN };
}

/**
 * The server approximates the last minute by two minutes of the clock, so a load across their boundary may write more than one
 * budget (docs/decisions/budgets.md). Waits until the load, and two seconds for its last requests, fit into one minute.
 */
async function untilFitsIntoMinute(ms: number): Promise<void> {
  const left = MINUTE_MS - (Date.now() % MINUTE_MS);
  if (left < ms + 2_000) await delay(left + 50);
}
