// What a migration does to the tables that exist before it, as measured on an empty database when the migration was written.
// The file locks.json beside each migration.sql contains it. packages/db/test/migrations/locks.test.ts writes and checks the file,
// which is why its content is cast and not validated here.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LockMode } from "./lock-modes.ts";

export interface MeasuredStatement {
  /** The statement, abbreviated. */
  readonly statement: string;
  /** The locks that the statement takes first, by table. They are held until the migration ends. */
  readonly locks: Readonly<Record<string, LockMode>>;
  /** The tables whose files it writes again. */
  readonly rewrites: readonly string[];
  /** The tables of which it reads all rows, for example to validate a constraint. */
  readonly reads: readonly string[];
  /** The indexes that it builds, by name, with their tables. */
  readonly builds: Readonly<Record<string, string>>;
}

export interface MeasuredMigration {
  readonly statements: readonly MeasuredStatement[];
  /** What existed before and does not exist after it: columns, functions, indexes, rights. */
  readonly removes: readonly string[];
}

/** @returns null if the migration has no such file */
export async function readMeasured(directory: string): Promise<MeasuredMigration | null> {
  const text = await readFile(join(directory, "locks.json"), "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as MeasuredMigration);
}
