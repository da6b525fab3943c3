// Distributes the rows of workspaces over the workers of Citus. Every step checks what is already done, so the command completes an
// interrupted run, and runs again after each migration and after a worker was added.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { MigrationError } from "../migrations/migration-error.ts";
import {
  auditTextOfShards,
  COMMIT_TOGETHER,
  commitTogether,
  DELETE_EXPIRED_KEYS,
  deleteRows,
  SET_CONFIG,
  WRITTEN_WITH_WORKSPACE,
} from "./coordinator-sql.ts";
import { distributedTables, type DistributedTable } from "./distributed-tables.ts";
import { schemaProblems } from "./schema-problems.ts";

/**
 * @param owner a connection of the owner of the migrated tables to the coordinator
 * @returns the names of the tables that were distributed now
 * @throws MigrationError
 */
export async function distribute(owner: pg.ClientBase): Promise<string[]> {
  await requireCitus(owner);
  const problems = await schemaProblems(owner);
  if (problems.length > 0) throw new MigrationError(problems.join("\n"));
  const tables = await distributedTables(owner);
  await prepareWorkerLogin(owner);
  const done: string[] = [];
  for (const table of tables) if (await distributeTable(owner, table, tables)) done.push(table.name);
  await prepareCoordinator(owner, tables);
  return done;
}

async function requireCitus(owner: pg.ClientBase): Promise<void> {
  const [facts] = await rowsOf<{ installed: boolean; superuser: boolean }>(
    owner,
    `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') AS installed,
            (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser`,
  );
  if (!facts?.installed)
    throw new MigrationError(
      "The database has no Citus. Install it on every node, run CREATE EXTENSION citus there, and add the workers on the coordinator with citus_add_node (docs/operating/citus.md).",
    );
  if (!facts.superuser)
    throw new MigrationError(
      "With PROJO_DATABASE_LAYOUT=citus the owner must be a superuser: Citus lets no other role store the login of the workers.",
    );
  const workers = await rowsOf(owner, "SELECT FROM citus_get_active_worker_nodes()");
  if (workers.length === 0)
    throw new MigrationError("Citus has no worker. Add one on the coordinator with citus_add_node.");
}

/**
 * The coordinator connects to the workers as projo_tenant, which may log in only there. Each run replaces the password. Citus
 * repeats ALTER ROLE on every node, and so the second one applies to the coordinator alone.
 */
async function prepareWorkerLogin(owner: pg.ClientBase): Promise<void> {
  const password = randomBytes(24).toString("hex");
  await owner.query(`
    BEGIN;
    ALTER ROLE projo_tenant LOGIN PASSWORD '${password}';
    SET LOCAL citus.enable_alter_role_propagation = off;
    ALTER ROLE projo_tenant NOLOGIN PASSWORD NULL;
    DELETE FROM pg_dist_authinfo WHERE nodeid = 0 AND rolename = 'projo_tenant';
    INSERT INTO pg_dist_authinfo (nodeid, rolename, authinfo) VALUES (0, 'projo_tenant', 'password=${password}');
    COMMIT`);
}

async function distributeTable(
  owner: pg.ClientBase,
  { name, group }: DistributedTable,
  tables: readonly DistributedTable[],
): Promise<boolean> {
  const [known] = await rowsOf(
    owner,
    `SELECT FROM pg_dist_partition WHERE logicalrelid = 'public.${pg.escapeIdentifier(name)}'::regclass`,
  );
  if (known) return false;
  const first = tables.find((table) => table.group === group)?.name ?? name;
  const place = first === name ? "none" : `public.${first}`;
  const keys = await rowsOf<{ key: string }>(
    owner,
    `SELECT conname AS key FROM pg_constraint
      WHERE contype = 'f' AND conrelid = 'public.${pg.escapeIdentifier(name)}'::regclass
        AND confrelid IN ('public.users'::regclass, 'public.workspaces'::regclass)`,
  );
  const table = `public.${pg.escapeIdentifier(name)}`;
  await owner.query(
    [
      "BEGIN",
      "SET LOCAL citus.enable_unsafe_triggers = on",
      ...keys.map(({ key }) => `ALTER TABLE ${table} DROP CONSTRAINT ${pg.escapeIdentifier(key)}`),
      `SELECT create_distributed_table('${table}', 'workspace_id', colocate_with => '${place}')`,
      "COMMIT",
    ].join("; "),
  );
  return true;
}

async function prepareCoordinator(owner: pg.ClientBase, tables: readonly DistributedTable[]): Promise<void> {
  const ofTenants = tables.filter(({ group }) => group === "tenant").map(({ name }) => name);
  await owner.query(SET_CONFIG);
  await owner.query(COMMIT_TOGETHER);
  for (const table of WRITTEN_WITH_WORKSPACE) await owner.query(commitTogether(table));
  await owner.query(deleteRows(ofTenants.toReversed()));
  await owner.query(DELETE_EXPIRED_KEYS);
  const [text] = await rowsOf<{ body: string }>(
    owner,
    "SELECT pg_get_function_sqlbody('public.projo_audit_text(public.audit_logs)'::regprocedure) AS body",
  );
  if (!text) throw new Error("The database has no projo_audit_text.");
  await owner.query(auditTextOfShards(text.body));
  const functions = await rowsOf<{ definition: string }>(
    owner,
    `SELECT pg_get_functiondef(oid) AS definition FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace AND prosrc ~ '\\mset_config\\(' AND proname <> 'projo_set_config'
        AND prosrc ~ $1`,
    [`public\\.(${tables.map(({ name }) => name).join("|")})\\M`],
  );
  for (const { definition } of functions)
    await owner.query(definition.replaceAll(/(?<![\w.])set_config\(/g, "public.projo_set_config("));
  const [{ name } = { name: "" }] = await rowsOf<{ name: string }>(
    owner,
    "SELECT current_database() AS name",
  );
  await owner.query(`ALTER DATABASE ${pg.escapeIdentifier(name)} SET citus.propagate_set_commands = 'local'`);
}

const rowsOf = async <R extends pg.QueryResultRow>(
  owner: pg.ClientBase,
  text: string,
  values: unknown[] = [],
): Promise<R[]> => (await owner.query<R>(text, values)).rows;
