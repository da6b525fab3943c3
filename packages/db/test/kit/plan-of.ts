// The plan of a prepared statement as the server's role, either a custom plan for the values or a generic plan.
import pg from "pg";
import type { PreparedQuery } from "../../src/scope/statements.ts";

export interface Plan {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly "Scan Direction"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly "Heap Fetches"?: number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

export const planModes = ["force_custom_plan", "force_generic_plan"] as const;
export type PlanMode = (typeof planModes)[number];

export async function planOf(
  client: pg.ClientBase,
  workspaceId: string,
  { query: { text, values }, mode }: { query: PreparedQuery<object>; mode: PlanMode },
): Promise<Plan> {
  const given = values.map((value) =>
    pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value)),
  );
  await client.query(`BEGIN; SET LOCAL app.workspace_id = '${workspaceId}'; SET LOCAL ROLE projo_tenant`);
  try {
    await client.query(`SET LOCAL plan_cache_mode = ${mode}; PREPARE listing AS ${text}`);
    const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE listing (${given.join(", ")})`,
    );
    const plan = rows[0]?.["QUERY PLAN"][0].Plan;
    if (!plan) throw new Error("There is no plan.");
    return plan;
  } finally {
    await client.query("ROLLBACK; DEALLOCATE listing");
  }
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** The nodes of a plan that read or sort rows. */
export const workOf = (plan: Plan): Plan[] =>
  nodesOf(plan).filter(
    ({ "Node Type": type }) => !["Limit", "Result", "Subquery Scan", "Gather", "Gather Merge"].includes(type),
  );
