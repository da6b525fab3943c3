import { DATABASE, type Cluster } from "./cluster.ts";
import type { Account } from "./writers.ts";

/** Adds tasks to the accounts' workspaces until the database has about the size of the figures. */
export const seedRows = (cluster: Cluster, accounts: readonly Account[], rows: number): Promise<unknown> =>
  cluster.admin(
    (client) =>
      client.query(SEED, [
        accounts.map(({ workspaceId }) => workspaceId),
        accounts.map(({ projectId }) => projectId),
        rows,
      ]),
    DATABASE,
  );

const SEED = `
  INSERT INTO tasks (workspace_id, id, project_id, title, status, created_by, created_at)
  SELECT w.id, gen_random_uuid(), ($2::uuid[])[at], 'Task ' || n || ' ' || md5(n::text), 'todo', w.created_by,
         now() - n * interval '1 second'
    FROM generate_series(1, $3::int) AS n, LATERAL (SELECT 1 + n % cardinality($1::uuid[]) AS at) AS place
    JOIN workspaces w ON w.id = ($1::uuid[])[at]`;
