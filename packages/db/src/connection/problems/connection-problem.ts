// Describes why a connection could not be opened: a table from the errors of PostgreSQL, poolers, TLS, pg and the operating
// system to the cause and the next step. docs/database-connections.md prints this table.
import { layersOf } from "../failures.ts";
import type { ConnectionProblem } from "./connection-problem-row.ts";
import { loginProblems } from "./login-problems.ts";
import { closedProblems, networkProblems } from "./network-problems.ts";
import { serverStateProblems } from "./server-state-problems.ts";
import { tlsProblems } from "./tls-problems.ts";

/** The first row that matches applies. */
export const connectionProblems: readonly ConnectionProblem[] = [
  ...networkProblems,
  ...tlsProblems,
  ...loginProblems,
  ...serverStateProblems,
  ...closedProblems,
];

/**
 * Describes a failed connection in one line: the setting, the cause, the database's own message, and the next step.
 * @returns null when the error is not one of a connection
 */
export function connectionProblem(error: unknown, setting: string): string | null {
  for (const { code, message } of layersOf(error)) {
    const known = connectionProblems.find(
      ({ codes, text }) =>
        (codes === undefined || (code !== undefined && codes.includes(code))) &&
        (text === undefined || text.test(message)),
    );
    if (known) return `${setting}: ${lineOf(known, message)}`;
  }
  return null;
}

function lineOf({ says, next, isComplete }: ConnectionProblem, message: string): string {
  const own = message.replaceAll(/\s+/g, " ").trim().replace(/[.!]$/, "");
  if (says === undefined) return `${own}. ${next}`;
  return isComplete || own === "" ? `${says}. ${next}` : `${says} (${own}). ${next}`;
}
