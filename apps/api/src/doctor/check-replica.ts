// Checks the read replica beside the primary: a replica is only usable together with the primary that it follows.
import {
  checkLogin,
  inspectConnection,
  openPool,
  openReplicaPool,
  replicaProblem,
  type PostgresAddress,
  UnsafeLogin,
} from "@projostack/db";
import { replicaCauses } from "../runtime/replica.ts";
import { connectionChecks, guarded } from "./check-database.ts";
import { checksOf, type Check } from "./check.ts";

export interface ReplicaToCheck {
  readonly address: PostgresAddress;
  /** The address of the primary. */
  readonly server: PostgresAddress;
  /** Whether the primary's address is that of a pooler in transaction mode. */
  readonly isPooled: boolean;
  readonly maxLagMs: number;
}

const SETTING = "PROJO_DATABASE_REPLICA_URL";

export function checkReplica({ address, server, isPooled, maxLagMs }: ReplicaToCheck): Promise<Check[]> {
  const check = checksOf(SETTING);
  return guarded(SETTING, async (add) => {
    const primary = openPool({ target: server.target, max: 1, pooled: isPooled });
    const replica = openReplicaPool({ target: address.target, max: 1, pooled: address.isPooler });
    try {
      const client = await replica.connect();
      const facts = await inspectConnection(client, address.target).finally(() => client.release());
      add(...connectionChecks(SETTING, address, facts, "replica"));
      try {
        await checkLogin(replica);
        add(check("ok", "rights", "the login has the rights that it needs, and no more"));
      } catch (error) {
        if (!(error instanceof UnsafeLogin)) throw error;
        return add(check("problem", "rights", error.message));
      }
      const problem = await replicaProblem({ primary, replica, maxLagMs });
      add(
        problem === null
          ? check("ok", "standby", `it follows the primary, and was less than ${maxLagMs} ms behind`)
          : check(
              problem === "behind" ? "warning" : "problem",
              "standby",
              `the primary answers its reads: ${replicaCauses[problem]} (docs/operating/incidents/replica-not-used.md).`,
            ),
      );
    } finally {
      await Promise.all([primary.end(), replica.end()]);
    }
  });
}
