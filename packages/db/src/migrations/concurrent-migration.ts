// Migrations that build or drop indexes without blocking writes. PostgreSQL runs CREATE INDEX CONCURRENTLY outside a transaction
// only, so such a migration contains nothing else, and each statement is repeatable: after an interruption the next run
// continues with the index that is missing, and builds an index that was left invalid again.
import pg from "pg";
import { MigrationError } from "./migration-error.ts";
import type { Migration } from "./read-migrations.ts";
import { briefStatement, splitStatements } from "./split-statements.ts";

export interface ConcurrentStatement {
  readonly kind: "create" | "drop";
  /** The name of the index. */
  readonly index: string;
  /** The table of the index that is built; null for DROP INDEX. */
  readonly table: string | null;
  readonly sql: string;
}

const NAME = String.raw`(?:public\.)?(?:"([^"]+)"|([a-z_][a-z0-9_]*))`;
const CREATE = new RegExp(
  String.raw`^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?${NAME}\s+ON\s+${NAME}`,
  "i",
);
const DROP = new RegExp(String.raw`^DROP\s+INDEX\s+CONCURRENTLY\s+(?:IF\s+EXISTS\s+)?${NAME}$`, "i");
const CONCURRENTLY = /^(?:CREATE\s+(?:UNIQUE\s+)?|DROP\s+|RE)INDEX\b[^;]*?\bCONCURRENTLY\b/i;

/**
 * @returns the statements of a migration that runs outside a transaction; null for a migration in one transaction
 * @throws MigrationError if the migration mixes both
 */
export function concurrentStatements({ name, sql }: Migration): ConcurrentStatement[] | null {
  const statements = splitStatements(sql);
  if (!statements.some((statement) => CONCURRENTLY.test(statement))) return null;
  return statements.map((statement) => {
    const parsed = parse(statement);
    if (parsed !== null) return parsed;
    throw new MigrationError(
      `The migration ${name} contains CONCURRENTLY, so it runs outside a transaction and may contain only CREATE INDEX CONCURRENTLY name ON table and DROP INDEX CONCURRENTLY name. Move this statement to another migration: ${briefStatement(statement)}`,
    );
  });
}

function parse(sql: string): ConcurrentStatement | null {
  const created = CREATE.exec(sql);
  if (created) {
    const [, quoted, plain, quotedTable, plainTable] = created;
    return {
      kind: "create",
      index: quoted ?? plain?.toLowerCase() ?? "",
      table: quotedTable ?? plainTable?.toLowerCase() ?? "",
      sql,
    };
  }
  const dropped = DROP.exec(sql);
  if (!dropped) return null;
  return { kind: "drop", index: dropped[1] ?? dropped[2]?.toLowerCase() ?? "", table: null, sql };
}

/** Runs one statement, unless an earlier run has completed it. */
export async function runConcurrently(
  owner: pg.ClientBase,
  { kind, index, sql }: ConcurrentStatement,
  note: (line: string) => void,
): Promise<void> {
  const state = await indexState(owner, index);
  if (kind === "drop") {
    if (state !== "absent") await owner.query(sql);
    return;
  }
  if (state === "valid") return;
  if (state === "invalid") {
    note(`The index ${index} was not completed. It is dropped and built again.`);
    await owner.query(`DROP INDEX CONCURRENTLY public.${pg.escapeIdentifier(index)}`);
  }
  await owner.query(sql);
}

async function indexState(owner: pg.ClientBase, index: string): Promise<"absent" | "invalid" | "valid"> {
  const { rows } = await owner.query<{ valid: boolean }>(
    `SELECT indisvalid AND indisready AS valid FROM pg_index
      WHERE indexrelid = to_regclass('public.' || quote_ident($1))`,
    [index],
  );
  const [found] = rows;
  return found === undefined ? "absent" : found.valid ? "valid" : "invalid";
}
