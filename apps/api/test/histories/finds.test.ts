// The histories against servers that are broken on purpose: they find it, and tell it in a few acts.
// It takes its time, and runs when there are minutes for it.
import fc from "fast-check";
import { expect, it } from "vitest";
import { startBrokenServer, type Break } from "./breaks.ts";
import { histories, reportOf, type Histories } from "./history.ts";

interface Finding extends Break {
  readonly promise: string;
  readonly kind: Histories;
}

const membership = ["members.changeRole", "members.remove", "workspaces.leave"] as const;

const findings: readonly Finding[] = [
  {
    promise: "M1 that the last admin may go",
    kind: { atOnce: 1, steps: 10, among: membership },
    from: "OR EXISTS (SELECT FROM other_admin)",
    to: "OR true",
  },
  {
    promise: "M1 that those who change members take no turns",
    kind: { atOnce: 4, steps: 3, among: membership },
    from: "SELECT FROM workspaces FOR NO KEY UPDATE",
    to: "SELECT",
  },
  {
    promise: "V7 that an acceptance changes the role of who is a member",
    kind: { atOnce: 1, steps: 15, among: ["invites.create", "put", "invites.accept", "invites.accept"] },
    from: "ON CONFLICT (workspace_id, user_id) DO NOTHING\n        RETURNING role\n      ), unsent AS (\n        DELETE",
    to: "ON CONFLICT(workspace_id,user_id)DO UPDATE SET role=excluded.role RETURNING role),unsent AS(DELETE",
  },
  {
    promise: "M2 that a deleted workspace locks nobody out",
    kind: { atOnce: 1, steps: 6, among: ["workspaces.delete", "projects.list"] },
    inFunction: "projo_session",
    from: "AND m.locked_at IS NULL",
    to: "",
  },
  {
    promise: "M2 that a revoked key goes on",
    kind: { atOnce: 1, steps: 15, among: ["serviceKeys.create", "serviceKeys.revoke", "projects.list"] },
    inFunction: "projo_service_key",
    from: "AND k.revoked_at IS NULL",
    to: "",
  },
];

/** So few acts are left when it is told as shortly as can be. */
const FEW_ACTS = 6;

const byHand = Number(process.env["PROJO_TEST_MINUTES"] ?? 0) > 0;

it.runIf(byHand).each(findings)(
  "the histories find $promise",
  async ({ kind, ...broken }) => {
    const server = await startBrokenServer(broken);
    try {
      const found = await fc.check(histories(server, kind), { seed: 1, numRuns: 300 });
      const report = reportOf(found);
      expect(found.failed, report).toBe(true);
      process.stderr.write(`Found in history ${found.numRuns}. ${report}\n`);
      expect(report.split("\n").filter((line) => line.includes(" -> ")).length).toBeLessThanOrEqual(FEW_ACTS);
    } finally {
      await server.close();
    }
  },
  120_000,
);
