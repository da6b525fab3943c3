import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type MeasuredMigration, readMeasured } from "./plan/measured-migration.ts";

export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, in hex, as Prisma keeps it. */
  readonly checksum: string;
  /** Its effect on tables that exist before it. Absent: it was not measured. */
  readonly measured?: MeasuredMigration;
}

/** The directory of the migrations. The path is the same from `src` and from `dist`. */
export const migrationsDirectory = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));

/** The names of the migrations in the order in which they are applied. */
export async function readMigrationNames(directory = migrationsDirectory): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

/** The migrations in the order in which they are applied. */
export async function readMigrations(directory = migrationsDirectory): Promise<Migration[]> {
  const names = await readMigrationNames(directory);
  return Promise.all(
    names.map(async (name) => {
      const file = await readFile(join(directory, name, "migration.sql"));
      const measured = await readMeasured(join(directory, name));
      return {
        name,
        sql: file.toString("utf8"),
        checksum: createHash("sha256").update(file).digest("hex"),
        ...(measured === null ? {} : { measured }),
      };
    }),
  );
}
