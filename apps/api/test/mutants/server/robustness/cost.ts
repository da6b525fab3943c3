// Mutants of the cost checks: budgets, concurrent long operations, and batches of long operations.
import { setTimeout as delay } from "node:timers/promises";
import { whileLocked } from "@projostack/db/testing";
import { send, type Person } from "../../../kit/index.ts";
import { memberOf, team, succeeded } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";
import { prefetchForm, noPrefetchedSearch, nul } from "./input.ts";

/**
 * The input of a call of audit.verify that costs 1,505 points. The attacks on a budget exceed it by more than it recovers in
 * seven seconds, because the minute of a budget may end during an attack.
 */
const expensive = { limit: 10_000 };

const accountAboveBudget: Attack = {
  title: "an account exceeds its budget per minute",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return succeedsEachTime(admin, id, 45);
  },
};

const workspaceAboveBudget: Attack = {
  title: "the members of a workspace together exceed its budget per minute",
  tryOn: async (server) => {
    const here = await team(server);
    for (let n = 0; n < 5; n += 1) {
      const member = await memberOf(server, here, "admin");
      if (!(await succeedsEachTime(member, here.id, 38))) return false;
    }
    return true;
  },
};

async function succeedsEachTime(person: Person, workspaceId: string, times: number): Promise<boolean> {
  for (let n = 0; n < times; n += 1) {
    if (!succeeded(await person.call("audit.verify", expensive, workspaceId))) return false;
  }
  return true;
}

/** @returns whether something happens within half a second */
const isSoon = (something: Promise<void>): Promise<boolean> =>
  Promise.race([something.then(() => true), delay(500).then(() => false)]);

const concurrentLongOperations: Attack = {
  title: "several long operations of one account run concurrently",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return whileLocked(server.database, { lock: "LOCK TABLE audit_logs" }, async (held) => {
      const calls = Promise.all(Array.from({ length: 6 }, () => admin.call("audit.verify", {}, id)));
      await held.untilWaiting(1);
      const areWaiting = await isSoon(held.untilWaiting(2));
      await held.release();
      await calls;
      return areWaiting;
    });
  },
};

/**
 * Spends the budget of an account and sends one more search while the table is locked. A budget that was spent in the
 * previous minute recovers by 1,000 points per second, more than the search costs, so a round counts only when the server
 * refused the search. The next round has another account, at the beginning of a minute.
 */
const searchAboveBudget: Attack = {
  title: "a search runs for an account without remaining budget",
  tryOn: async (server) => {
    for (let round = 0; round < 4; round += 1) {
      const { admin, id } = await team(server);
      await succeedsEachTime(admin, id, 39);
      await admin.call("audit.verify", { limit: 8_000 }, id);
      const search = () => admin.call("tasks.list", { search: "a" }, id);
      while (succeeded(await search()));
      const [isWaiting, answer] = await whileLocked(
        server.database,
        { lock: "LOCK TABLE tasks" },
        async (held) => {
          const sent = search();
          // The answer may not wait for the search that has begun.
          const waits = held.untilWaiting(1);
          const began = await Promise.race([waits.then(() => true), sent.then(() => isSoon(waits))]);
          await held.release();
          return [began, await sent] as const;
        },
      );
      if (!succeeded(answer)) return isWaiting;
    }
    throw new Error("The budget recovered in every round.");
  },
};

/** Sends a batch that contains a long operation, with GET or POST. */
const batchOf = (title: string, method: "GET" | "POST", names: string): Attack => ({
  title,
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { status } = await send(
      `${server.url}/trpc/${names}?batch=1${method === "GET" ? "&input={}" : ""}`,
      {
        method,
        headers: {
          authorization: `Bearer ${admin.token}`,
          "x-workspace-id": id,
          ...(method === "POST" && { "content-type": "application/json" }),
        },
        ...(method === "POST" && { body: JSON.stringify({ 0: {}, 1: { name: "Looms" } }) }),
      },
    );
    return status === 200;
  },
});
const batchedQueries = batchOf(
  "one request runs two verifications of the audit log",
  "GET",
  "audit.verify,audit.verify",
);
const batchedMutations = batchOf(
  "one request runs an export of the audit log and another call",
  "POST",
  "audit.export,workspaces.rename",
);

const proceduresFile = "apps/api/src/rpc/procedures.ts";

const chargedBudget = guard(
  "the spent points count against the budget",
  "apps/api/src/limits/budgets/spending.ts",
  ["if (level + points > budget) {", "if (level < 0) {"],
);
const noCostlyPrefetch = guard("a costly query is not prefetched before it is charged", proceduresFile, [
  "price.isPlainRead && !limiter.isLimited(path)",
  "!limiter.isLimited(path)",
]);
const refusedBatch = guard("a batch with a long operation is refused", "apps/api/src/http/batches.ts", [
  `if (isRefusedBatch(names)) throw new Failure("batch.not_allowed");`,
  "",
]);
const refusedInFastPath = guard(
  "the fast path does not answer a batch with a long operation",
  "apps/api/src/fast-path/answer-calls.ts",
  ["if (isRefusedBatch(names)) return null;", ""],
);

export const cost: readonly Mutant[] = [
  { removed: [chargedBudget], succeeds: [accountAboveBudget, workspaceAboveBudget] },
  {
    removed: [
      guard("a call is charged to its workspace", proceduresFile, [
        `withBudget(ctx, { payer: { scope: "workspace", key: workspaceId }, price }, () =>
          next({ caller, grant, input }),
        ),`,
        "next({ caller, grant, input }),",
      ]),
    ],
    succeeds: [workspaceAboveBudget],
    stillBlocked: [accountAboveBudget, concurrentLongOperations],
  },
  {
    removed: [
      guard(
        "the concurrent long operations of one account are bounded",
        "apps/api/src/limits/budgets/concurrency-limit.ts",
        ["const all = isLong ? long : short;", "const all = 1_000;"],
      ),
    ],
    succeeds: [concurrentLongOperations],
    stillBlocked: [accountAboveBudget],
  },
  { removed: [noCostlyPrefetch], succeeds: [], stillBlocked: [nul, searchAboveBudget] },
  { removed: [noCostlyPrefetch, noPrefetchedSearch], succeeds: [searchAboveBudget], stillBlocked: [nul] },
  { removed: [noCostlyPrefetch, prefetchForm, noPrefetchedSearch], succeeds: [nul, searchAboveBudget] },
  { removed: [refusedBatch], succeeds: [batchedQueries, batchedMutations] },
  { removed: [refusedInFastPath], succeeds: [batchedQueries], stillBlocked: [batchedMutations] },
];
