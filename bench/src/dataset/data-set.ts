// The data set that all contenders use, and the targets of the requests.
import type { Owner } from "../database/bench-database.ts";
import { seedContenders } from "./seed-contenders.ts";
import { seedSessions, tokensOf, type Keys, type Tokens } from "./seed-sessions.ts";
import { seedTenants } from "./seed-tenants.ts";
import type { Size } from "./size.ts";

/** A user with a task in a workspace where the user may read and write. */
export interface Target {
  readonly workspaceId: string;
  readonly userId: string;
  readonly tokens: Tokens;
  readonly taskId: string;
  readonly title: string;
  readonly status: string;
  readonly projectId: string;
}

export interface DataSet {
  /** Targets in all workspaces, distributed like the tasks. */
  readonly targets: readonly Target[];
  /** Targets in the biggest workspace only. */
  readonly biggest: readonly Target[];
  /** Targets of users who may only read. */
  readonly viewers: readonly Target[];
}

export async function seedDataSet(owner: Owner, size: Size, keys: Keys): Promise<DataSet> {
  await seedTenants(owner, size);
  await seedSessions(owner);
  await seedContenders(owner);
  // Writes the data to the disk now, and not during a measurement.
  await owner.query("CHECKPOINT");
  const chosen = await chooseTargets(owner, keys);
  return {
    targets: await chosen({ most: 2_000, biggestAlone: false, viewers: false }),
    biggest: await chosen({ most: 200, biggestAlone: true, viewers: false }),
    viewers: await chosen({ most: 20, biggestAlone: false, viewers: true }),
  };
}

interface Row extends Omit<Target, "tokens"> {
  readonly sessionId: string;
}

interface Choice {
  readonly most: number;
  readonly biggestAlone: boolean;
  readonly viewers: boolean;
}

/** Chooses tasks with equal probability, each with one of the members who have the required access. */
async function chooseTargets(owner: Owner, keys: Keys): Promise<(choice: Choice) => Promise<Target[]>> {
  const { rows: counted } = await owner.query<{ many: number }>("SELECT count(*)::int AS many FROM tasks");
  const percent = Math.min(100, (20_000 * 100) / (counted[0]?.many ?? 1));
  return async ({ most, biggestAlone, viewers }) => {
    const { rows } = await owner.query<Row>(CHOSEN, [most, biggestAlone, percent, viewers]);
    return rows.map(({ sessionId, ...target }) => ({
      ...target,
      tokens: tokensOf({ userId: target.userId, sessionId }, keys),
    }));
  };
}

const CHOSEN = `
  WITH chosen AS (
    SELECT * FROM tasks TABLESAMPLE BERNOULLI ($3) REPEATABLE (1)
     WHERE NOT $2 OR workspace_id = (SELECT min(id::text)::uuid FROM workspaces)
     ORDER BY md5(id::text) LIMIT $1)
  SELECT chosen.workspace_id AS "workspaceId", chosen.id AS "taskId", title, status, project_id AS "projectId",
         member.user_id AS "userId", member.session_id AS "sessionId"
    FROM chosen CROSS JOIN LATERAL (
      SELECT m.user_id, s.id AS session_id FROM workspace_members AS m JOIN sessions AS s ON s.user_id = m.user_id
       WHERE m.workspace_id = chosen.workspace_id AND (m.role = 'viewer') = $4
       ORDER BY md5(m.id::text || chosen.id) LIMIT 1) AS member`;
