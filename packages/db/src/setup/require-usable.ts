import type pg from "pg";
import { checkServer, checkSession, UnsuitableServer } from "../login/check-server.ts";
import type { PostgresTarget } from "../login/postgres-address.ts";
import { unoccupiedProblem } from "../migrations/history.ts";
import { useOwnSettings } from "../migrations/own-settings.ts";
import { readMigrations } from "../migrations/read-migrations.ts";
import { SetupProblem } from "./setup-problem.ts";

/**
 * Checks that the database can hold ProjoStack, before anything is changed.
 * @param target the target of the owner's connection, to open more connections that detect a pooler
 * @throws SetupProblem
 */
export async function requireUsable(owner: pg.ClientBase, target: PostgresTarget): Promise<void> {
  try {
    await checkSession(target);
    await useOwnSettings(owner);
    await checkServer(owner);
  } catch (error) {
    if (error instanceof UnsuitableServer) throw problemOf(error.message);
    throw error;
  }
  const problem = await unoccupiedProblem(owner, await readMigrations());
  if (problem !== null) throw problemOf(problem);
}

const problemOf = (message: string): SetupProblem => new SetupProblem(`PROJO_DATABASE_OWNER_URL: ${message}`);
