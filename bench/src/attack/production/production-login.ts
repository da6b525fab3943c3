// An attacker has the password of the server's database login, for example after a break-in. The attacker connects to
// PostgreSQL, assumes each role of that login, and calls functions that are reserved for an operator.
import { withOwner } from "@projostack/db";
import { randomUUID } from "node:crypto";
import type { Figure } from "../../runner/figure.ts";
import type { Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";

export const productionLogin = (testbed: SharedTestbed): Subject => ({
  name: "production-login",
  title: "functions of an operator, called with the server's database login",
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
    /** Returns whether the statement succeeds in the role. Rolls its effects back. */
    const works = async (role: string, text: string, values: unknown[]): Promise<boolean> => {
      await client.query("BEGIN");
      try {
        await client.query("SELECT set_config('app.workspace_id', $1, true)", [victim.workspaceId]);
        await client.query("SELECT set_config('role', $1, true)", [role]);
        await client.query(text, values);
        return true;
      } catch {
        // The database refused the statement.
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
      name: `successful erasures, of ${tried.erasures}`,
      value: tried.erased,
      unit: "",
      goal: { atMost: 0 },
    },
    {
      name: `forged entries of the operator, of ${tried.entries}`,
      value: tried.forged,
      unit: "",
      goal: { atMost: 0 },
    },
  ];
}
