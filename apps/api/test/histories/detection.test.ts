// Runs random histories against servers with a deliberate defect. They must detect the defect and shrink to a few actions.
// These tests run only when PROJO_TEST_MINUTES is set, because they take minutes.
import fc from "fast-check";
import { expect, it } from "vitest";
import { startBrokenServer, type Defect } from "./broken-server.ts";
import { histories, reportOf, type HistoryOptions } from "./history.ts";

interface Case extends Defect {
  readonly defect: string;
  readonly options: HistoryOptions;
}

const membership = ["members.changeRole", "members.remove", "workspaces.leave"] as const;

const cases: readonly Case[] = [
  {
    defect: "M1 a server that lets the last admin leave",
    options: { concurrency: 1, steps: 10, operations: membership },
    from: "OR EXISTS (SELECT FROM other_admin)",
    to: "OR true",
  },
  {
    defect: "M1 a server that does not serialize changes of members",
    options: { concurrency: 4, steps: 3, operations: membership },
    from: "SELECT FROM workspaces FOR NO KEY UPDATE",
    to: "SELECT",
  },
  {
    defect: "V7 a server on which an acceptance changes the role of a member",
    options: {
      concurrency: 1,
      steps: 15,
      operations: ["invites.create", "addMember", "invites.accept", "invites.accept"],
    },
    from: "ON CONFLICT (workspace_id, user_id) DO NOTHING\n        RETURNING role\n      ), unsent AS (\n        DELETE",
    to: "ON CONFLICT(workspace_id,user_id)DO UPDATE SET role=excluded.role RETURNING role),unsent AS(DELETE",
  },
  {
    defect: "M2 a server on which the members of a deleted workspace keep their access",
    options: { concurrency: 1, steps: 6, operations: ["workspaces.delete", "projects.list"] },
    inFunction: "projo_session",
    from: "AND m.locked_at IS NULL",
    to: "",
  },
  {
    defect: "M2 a server that accepts a revoked key",
    options: {
      concurrency: 1,
      steps: 15,
      operations: ["serviceKeys.create", "serviceKeys.revoke", "projects.list"],
    },
    inFunction: "projo_service_key",
    from: "AND k.revoked_at IS NULL",
    to: "",
  },
];

/** The largest number of actions that may remain after shrinking. */
const MOST_ACTIONS = 6;

const isLongRun = Number(process.env["PROJO_TEST_MINUTES"] ?? 0) > 0;

for (const { defect, options, ...change } of cases) {
  it.runIf(isLongRun)(`${defect} is detected by random histories`, async () => {
    const server = await startBrokenServer(change);
    try {
      const found = await fc.check(histories(server, options), { seed: 1, numRuns: 300 });
      const report = reportOf(found);
      expect(found.failed, report).toBe(true);
      process.stderr.write(`Found in history ${found.numRuns}. ${report}\n`);
      expect(report.split("\n").filter((line) => line.includes(" -> ")).length).toBeLessThanOrEqual(
        MOST_ACTIONS,
      );
    } finally {
      await server.close();
    }
  });
}
