import pg from "pg";
import { connectionProblem } from "../connection/problems/connection-problem.ts";
import type { PostgresTarget } from "../login/postgres-address.ts";

/**
 * Describes in one line why the owner could not connect, or why a statement failed.
 * @param setting the owner's variable
 * @param next what to do when a statement failed
 */
export function ownerProblem(
  error: unknown,
  setting: string,
  { database, user }: PostgresTarget,
  next = "Run `projostack migrate` again: it continues where it stopped.",
): string {
  // invalid_catalog_name
  if (error instanceof pg.DatabaseError && error.code === "3D000") {
    const created = `CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${pg.escapeIdentifier(user)} ENCODING 'UTF8' TEMPLATE template0`;
    return `${setting}: ${error.message}. Correct the name, or let an administrator create the database: ${created};`;
  }
  const known = connectionProblem(error, setting);
  if (known !== null) return known;
  const message = error instanceof Error ? error.message : String(error);
  return `${setting}: ${message.replaceAll(/\s*\n\s*/g, " ")}. ${next}`;
}
