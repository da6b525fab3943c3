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
  {
    cause: "another error of PostgreSQL or a pooler",
    // An error of these classes is one of this program: values, constraints and statements.
    codes: /^(?!2[23]|42)(?:\d[0-9A-Z]{4}|XX\d{3}|F0\d{3}|HV\d{3})$/,
    says: "PostgreSQL or a pooler there refuses this",
    next: "See its log.",
  },
];

/**
 * Describes a failed connection in one line: the setting, the cause, the database's own message, and the next step.
 * @returns null when the error is not one of a connection
 */
export function connectionProblem(error: unknown, setting: string): string | null {
  const layers = [...layersOf(error)];
  for (const [at, { code, message }] of layers.entries()) {
    const known = connectionProblems.find(
      ({ codes, text }) =>
        (codes === undefined || (code !== undefined && includes(codes, code))) &&
        (text === undefined || text.test(message)),
    );
    // The error of a host name with several addresses has no message, but those of the addresses have.
    const text = layers.slice(at).find((layer) => layer.message !== "")?.message ?? "";
    if (known) return `${setting}: ${lineOf(known, text)}`;
  }
  return null;
}

const includes = (codes: readonly string[] | RegExp, code: string): boolean =>
  codes instanceof RegExp ? codes.test(code) : codes.includes(code);

function lineOf({ says, next, isComplete }: ConnectionProblem, message: string): string {
  const own = message.replaceAll(/\s+/g, " ").trim().replace(/[.!]$/, "");
  if (says === undefined) return `${own}. ${next}`;
  return isComplete || own === "" ? `${says}. ${next}` : `${says} (${own}). ${next}`;
}
