// Somebody has the serving login's password, as after a break-in into the server. They connect to PostgreSQL by it, take on
// each role that it may, and try what only an operator does.
import { withOwner } from "@projostack/db";
import { randomUUID } from "node:crypto";
import type { Figure } from "../../runner/figure.ts";
import type { Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";

export const productionLogin = (testbed: SharedTestbed): Subject => ({
  name: "production-login",
  title: "the serving login is used to do what only an operator does",
  measure: async (options) => measure(await testbed.open(options)),
});

const ROLES = ["none", "projo_tenant", "projo_system", "projo_operator"] as const;

async function measure({ database, data }: Testbed): Promise<Figure[]> {
  const [victim] = data.targets;
  if (!victim) throw new Error("The data set has no target.");
  const entry = (action: string) =>
    JSON.stringify([
      {
        id: randomUUID(),
        actorKind: "system",
        action,
        targetType: "user",
        targetId: victim.userId,
        outcome: "ok",
      },
    ]);
  const tried = { erasures: 0, erased: 0, entries: 0, forged: 0 };
  await withOwner(database.target, async (client) => {
    /** Whether the statement works in that role; what it did is undone. */
    const works = async (role: string, text: string, values: unknown[]): Promise<boolean> => {
      await client.query("BEGIN");
      try {
        await client.query("SELECT set_config('app.workspace_id', $1, true)", [victim.workspaceId]);
        await client.query("SELECT set_config('role', $1, true)", [role]);
        await client.query(text, values);
        return true;
      } catch {
        // Refused by the database, which is what is counted.
        return false;
      } finally {
        await client.query("ROLLBACK");
      }
    };
    for (const role of ROLES) {
      for (const anonymise of [false, true]) {
        tried.erasures += 1;
        const text = "SELECT projo_erase_person($1, $2)";
        if (await works(role, text, [victim.userId, anonymise])) tried.erased += 1;
      }
      for (const action of ["person.erased", "member.removed"]) {
        tried.entries += 1;
        if (await works(role, "SELECT projo_audit_append($1)", [entry(action)])) tried.forged += 1;
      }
    }
  });
  return [
    {
      name: `erasures that worked, of ${tried.erasures}`,
      value: tried.erased,
      unit: "",
      goal: { atMost: 0 },
    },
    {
      name: `entries in the operator's name that were written, of ${tried.entries}`,
      value: tried.forged,
      unit: "",
      goal: { atMost: 0 },
    },
  ];
}
