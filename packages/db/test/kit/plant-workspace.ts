// A workspace with a row in every table that holds rows of a workspace. The tables are Prisma's tenant models, and those
// with a policy for tenants; the values of a row are derived from PostgreSQL's catalogue. A table whose CHECK constraints
// or unique columns need particular values has a file in test/rows.
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { authorize, type Grant, type Permission, type Role } from "@projostack/authz";
import pg from "pg";
import { insertRows, type Row } from "./insert-rows.ts";
import { modelTables } from "./model-tables.ts";
import type { TestDatabase } from "./test-database.ts";
import { workspaceRows } from "./workspace-rows.ts";

export interface PlantedWorkspace {
  readonly id: string;
  readonly userId: string;
  readonly memberId: string;
  readonly projectId: string;
  readonly taskId: string;
  readonly inviteId: string;
  readonly keyId: string;
  /** The id of the planted row, by table. */
  readonly ids: PlantedIds;
  /** @returns a grant of the first member's role */
  grant<P extends Permission>(permission: P): Grant<P>;
}

export type PlantedIds = Readonly<Record<string, string>>;

/** The exports of a file in test/rows. */
export interface RowFile {
  /** The values that cannot be derived, by column. */
  readonly row?: (planted: RowContext) => Readonly<Record<string, unknown>>;
  /** In place of an INSERT, for a table that only a function of the database writes. */
  readonly statement?: (planted: RowContext) => string;
}

export interface RowContext {
  readonly workspaceId: string;
  readonly userId: string;
  readonly ids: PlantedIds;
}

/** Inserts a workspace with one member and one row in every tenant table. */
export async function plantWorkspace(
  database: TestDatabase,
  role: Role = "admin",
): Promise<PlantedWorkspace> {
  const [id, userId] = [randomUUID(), randomUUID()];
  const tables = await describeTables(database);
  const ids: PlantedIds = {
    ...Object.fromEntries(tables.map(({ table }) => [table, randomUUID()])),
    workspaces: id,
  };
  const context = { workspaceId: id, userId, ids };
  const user = { id: userId, email: `${userId}@example.com`, password_hash: "none" };
  const workspace = workspaceRows({
    id,
    name: "Planted",
    userId,
    role,
    memberId: idIn(ids, "workspace_members"),
  });
  const planted = new Set(workspace.map(({ table }) => table));
  const rows: Row[] = [{ table: "users", values: user }, ...workspace];
  const statements: string[] = [];
  for (const described of tables.filter(({ table }) => !planted.has(table))) {
    const file = await rowFileOf(described.table);
    if (file.statement) statements.push(file.statement(context));
    else rows.push({ table: described.table, values: valuesOf(described, context, file.row?.(context)) });
  }
  await insertRows(database, rows).catch(explain);
  for (const statement of statements) await database.owner(statement);
  return {
    id,
    userId,
    memberId: idIn(ids, "workspace_members"),
    projectId: idIn(ids, "projects"),
    taskId: idIn(ids, "tasks"),
    inviteId: idIn(ids, "invites"),
    keyId: idIn(ids, "service_keys"),
    ids,
    grant: (permission) => authorize({ workspaceId: id, userId, role }, permission),
  };
}

function idIn(ids: PlantedIds, table: string): string {
  const id = ids[table];
  if (id === undefined) throw new Error(`No row of ${table} was planted.`);
  return id;
}

interface DescribedTable {
  readonly table: string;
  readonly columns: readonly Column[];
}

interface Column extends Record<string, unknown> {
  readonly name: string;
  readonly type: string;
  /** Whether the column is NOT NULL and has no default. */
  readonly required: boolean;
  /** The table that a foreign key leads to whose last column this is. */
  readonly target: string | null;
}

const COLUMNS = `
  SELECT c.relname::text AS "table", a.attname::text AS name, format_type(a.atttypid, NULL) AS type,
         a.attnotnull AND NOT a.atthasdef AS required,
         (SELECT k.confrelid::regclass::text FROM pg_constraint k
           WHERE k.contype = 'f' AND k.conrelid = c.oid AND k.conkey[cardinality(k.conkey)] = a.attnum LIMIT 1) AS target
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE c.relnamespace = 'public'::regnamespace AND (c.relname = ANY ($1)
      OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant'))
   ORDER BY 1, a.attnum`;

async function describeTables({ owner }: TestDatabase): Promise<DescribedTable[]> {
  const columns = await owner<Column & { table: string }>(COLUMNS, [modelTables.map(({ table }) => table)]);
  const names = [...new Set(columns.map(({ table }) => table))];
  return names.map((table) => ({ table, columns: columns.filter((column) => column.table === table) }));
}

function valuesOf(
  { table, columns }: DescribedTable,
  { workspaceId, userId, ids }: RowContext,
  own: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const derived = columns
    .filter(({ required }) => required)
    .map(({ name, type, target }): [string, unknown] => {
      if (name === "workspace_id") return [name, workspaceId];
      if (target === "users") return [name, userId];
      if (target !== null) return [name, ids[target]];
      return [name, name === "id" ? ids[table] : sampleOf(type)];
    });
  return { ...Object.fromEntries(derived), ...own };
}

/** Any value of a type. */
function sampleOf(type: string): unknown {
  if (type === "uuid") return randomUUID();
  if (type === "bytea") return randomBytes(32);
  if (type === "boolean") return false;
  if (type.startsWith("timestamp")) return new Date(Date.now() + 86_400_000);
  if (type.startsWith("json")) return "{}";
  if (type.endsWith("[]")) return [];
  return /^(?:small|big)?int/.test(type) ? 1 : "Planted";
}

async function rowFileOf(table: string): Promise<RowFile> {
  if (!existsSync(new URL(`../rows/${table}.ts`, import.meta.url))) return {};
  return (await import(`../rows/${table}.ts`)) as RowFile;
}

function explain(error: unknown): never {
  if (!(error instanceof pg.DatabaseError) || error.table === undefined) throw error;
  const { table, message } = error;
  throw new Error(
    `The row that the proofs derived for the table ${table} is refused: ${message}. ` +
      `Create packages/db/test/rows/${table}.ts and export from it the values that cannot be derived: ` +
      `export const row: RowFile["row"] = ({ workspaceId, userId, ids }) => ({ some_column: "a value" });`,
    { cause: error },
  );
}
