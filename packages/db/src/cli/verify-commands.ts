// The commands `verify-dump` and `verify-database`. Each prints the rows of every table, and exits with 1 if rows are missing.
import { connectionProblem } from "../connection/problems/connection-problem.ts";
import { PostgresAddressError, readPostgresAddress } from "../login/postgres-address.ts";
import { secretOf, SecretError } from "../login/secret-of.ts";
import { openClient } from "../login/with-owner.ts";
import type { CommandInput } from "./backup-role-command.ts";
import { checkDump } from "../backup/check-dump.ts";
import { DumpUnreadable, readDump } from "../backup/read-dump.ts";
import { verifyDatabase } from "../backup/verify-database.ts";

const VARIABLE = "PROJO_BACKUP_DATABASE_URL";

/** Checks the dump at the path of the only argument. @returns the exit code */
export async function verifyDumpCommand({ args, write, note }: CommandInput): Promise<0 | 1 | 2> {
  const [path, ...more] = args.filter((arg) => arg !== "--json");
  if (path === undefined || path.startsWith("-") || more.length > 0) {
    note("Usage: verify-dump <file or directory> [--json]");
    return 2;
  }
  try {
    const { rows, problems } = await checkDump(readDump(path));
    return report({ rows, problems, summary: `${path} is complete.` }, { args, write, note });
  } catch (error) {
    if (!(error instanceof DumpUnreadable)) throw error;
    note(error.message);
    return 1;
  }
}

/** Verifies the database of PROJO_BACKUP_DATABASE_URL. @returns the exit code */
export async function verifyDatabaseCommand({ args, env, write, note }: CommandInput): Promise<0 | 1 | 2> {
  if (args.some((arg) => arg !== "--json")) {
    note("Usage: verify-database [--json]");
    return 2;
  }
  try {
    const text = secretOf(env, VARIABLE);
    if (text === undefined)
      throw new SecretError(`Set ${VARIABLE} to the login for backups (docs/operating/backup.md).`);
    const client = openClient(readPostgresAddress(text).target, "projostack-verify");
    try {
      await client.connect();
      const { rows, problems, logs, entries } = await verifyDatabase(client);
      const summary = `Every row is visible to a backup, and ${logs} audit logs with ${entries} entries are intact.`;
      return report({ rows, problems, summary }, { args, write, note });
    } finally {
      await client.end().catch(() => {});
    }
  } catch (error) {
    const isInput = error instanceof SecretError || error instanceof PostgresAddressError;
    note(
      isInput ? messageOf(error) : (connectionProblem(error, VARIABLE) ?? `${VARIABLE}: ${messageOf(error)}`),
    );
    return isInput ? 2 : 1;
  }
}

const messageOf = (error: unknown): string =>
  error instanceof PostgresAddressError
    ? `${VARIABLE} ${error.message}.`
    : error instanceof Error
      ? error.message
      : String(error);

interface Result {
  readonly rows: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
  readonly summary: string;
}

function report(
  { rows, problems, summary }: Result,
  { args, write, note }: Pick<CommandInput, "args" | "write" | "note">,
): 0 | 1 {
  if (args.includes("--json")) {
    write(`${JSON.stringify({ rows: Object.fromEntries(rows), problems })}\n`);
    return problems.length === 0 ? 0 : 1;
  }
  const width = Math.max(0, ...[...rows.keys()].map((name) => name.length));
  for (const [name, count] of [...rows].toSorted(([one], [other]) => one.localeCompare(other)))
    write(`${name.padEnd(width)}  ${count}\n`);
  for (const problem of problems) note(problem);
  if (problems.length === 0) write(`${summary}\n`);
  return problems.length === 0 ? 0 : 1;
}
