// Fills the product's tables as their owner: users, workspaces, memberships, projects and tasks. The data is the same in each
// run, except for its dates, which end today.
import type { Owner } from "../database/bench-database.ts";
import type { Size } from "./size.ts";
import { titleSql } from "./titles.ts";

/** The first workspace is the biggest. */
export async function seedTenants(owner: Owner, size: Size): Promise<void> {
  await owner.query("BEGIN");
  await owner.query(EPOCH);
  await owner.query(PEOPLE, [size.users]);
  await owner.query(WORKSPACES, [size.workspaces, size.users]);
  await owner.query(MEMBERS, [size.workspaces]);
  await owner.query(PLACES);
  // Disables the foreign key checks: the references are valid by construction, and checking three million takes minutes.
  await owner.query("SET LOCAL session_replication_role = replica");
  const indexes = await takeIndexes(owner);
  await owner.query(TASKS, [size.tasks, size.biggest, size.workspaces]);
  for (const definition of indexes) await owner.query(definition);
  await owner.query("COMMIT");
  await owner.query("VACUUM ANALYZE");
}

/** Defines a function that returns a UUID version 7 of a given time, so that the ids sort by date as in the product. */
const EPOCH = `
  CREATE FUNCTION pg_temp.id_at(at timestamptz, salt text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(h, 1, 3)
         || substr('89ab', 1 + ('x' || substr(h, 4, 1))::bit(4)::int % 4, 1) || substr(h, 5, 15))::uuid FROM md5(salt) AS h
  $$`;

const BEGAN = "date_trunc('day', now()) - interval '730 days'";

const PEOPLE = `
  INSERT INTO users (id, email, password_hash, email_verified_at, created_at)
  SELECT pg_temp.id_at(at, 'person' || n), 'person' || n || '@example.com', 'none', at, at
    FROM generate_series(1, $1::int) AS n, LATERAL (SELECT ${BEGAN} + n * interval '1 minute' AS at) AS made`;

const WORKSPACES = `
  INSERT INTO workspaces (id, name, created_by, created_at)
  SELECT pg_temp.id_at(at, 'workspace' || n), 'Workspace ' || n, u.id, at
    FROM generate_series(1, $1::int) AS n, LATERAL (SELECT ${BEGAN} + interval '10 days' + n * interval '1 minute' AS at) AS made
    JOIN LATERAL (SELECT id FROM users WHERE email = 'person' || (1 + n % $2::int) || '@example.com') AS u ON true`;

// Each user is a member of about three workspaces. The creator of a workspace is its admin, and one user in five is a viewer.
const MEMBERS = `
  WITH place AS (SELECT row_number() OVER (ORDER BY id) AS n, id, created_by, created_at FROM workspaces),
       person AS (SELECT row_number() OVER (ORDER BY id) AS n, id FROM users),
       wanted AS (
         SELECT id AS workspace_id, created_by AS user_id, 'admin' AS role, created_at AS at FROM place
         UNION ALL
         SELECT place.id, person.id, CASE person.n % 5 WHEN 0 THEN 'viewer' ELSE 'member' END, place.created_at + interval '1 hour'
           FROM person CROSS JOIN (VALUES (1), (7), (31)) AS step (k)
           JOIN place ON place.n = 1 + (person.n * step.k + step.k) % $1::int)
  INSERT INTO workspace_members (id, workspace_id, user_id, role, created_at)
  SELECT DISTINCT ON (workspace_id, user_id)
         pg_temp.id_at(at, 'member' || workspace_id || user_id), workspace_id, user_id, role, at
    FROM wanted ORDER BY workspace_id, user_id, at`;

const PLACES = `
  WITH place AS (SELECT row_number() OVER (ORDER BY id) AS n, * FROM workspaces)
  INSERT INTO projects (id, workspace_id, name, created_by, created_at)
  SELECT pg_temp.id_at(at, 'project' || place.n || '/' || p), place.id, 'Project ' || p, place.created_by, at
    FROM place, generate_series(1, CASE place.n WHEN 1 THEN 50 ELSE 10 END) AS p,
         LATERAL (SELECT place.created_at + interval '1 hour' + p * interval '1 second' AS at) AS made;
  CREATE TEMPORARY TABLE place ON COMMIT DROP AS
  SELECT row_number() OVER (ORDER BY id) AS n, id,
         (SELECT array_agg(p.id ORDER BY p.id) FROM projects AS p WHERE p.workspace_id = w.id) AS projects,
         (SELECT array_agg(m.user_id ORDER BY m.user_id) FROM workspace_members AS m WHERE m.workspace_id = w.id) AS users
    FROM workspaces AS w;
  ANALYZE place`;

// The tasks of each workspace are distributed over the whole period.
const TASKS = `
  INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by, created_at)
  SELECT pg_temp.id_at(at, 'task' || i), place.id, place.projects[1 + chance % cardinality(place.projects)], ${titleSql("i")},
         (ARRAY['todo', 'doing', 'done'])[1 + chance / 50 % 3], place.users[1 + chance / 150 % cardinality(place.users)], at
    FROM generate_series(1, $1::bigint) AS i
    CROSS JOIN LATERAL (
      SELECT date_trunc('milliseconds', ${BEGAN} + interval '20 days' + i * (interval '700 days' / $1::bigint)) AS at,
             abs(hashint8extended(i, 1) % 1000000007) AS chance
    ) AS made
    JOIN place ON place.n = CASE WHEN i * $2::bigint / $1::bigint > (i - 1) * $2::bigint / $1::bigint THEN 1
                                 ELSE 2 + chance % ($3::bigint - 1) END
   ORDER BY i`;

/** Drops the indexes that no constraint needs. To create them after the inserts takes a third of the time. */
async function takeIndexes(owner: Owner): Promise<string[]> {
  const { rows } = await owner.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
       FROM pg_index AS i WHERE i.indrelid = 'public.tasks'::regclass AND NOT i.indisprimary`,
  );
  for (const { name } of rows) await owner.query(`DROP INDEX ${name}`);
  return rows.map(({ definition }) => definition);
}
