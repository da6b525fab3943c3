// Checks the settings of a new connection. A pooler between may drop startup options, and the owner of the database may have
// changed a setting of the login. The check is sent before the first statement and is not awaited, so it takes no round trip.
// If it fails, it leaves an aborted transaction, in which PostgreSQL executes no statement, and the connection is closed.
import pg from "pg";
import { serverSettings, untouchedSettings, type ServerSetting } from "../login/server-settings.ts";
import { sharedSettings } from "./connection-settings.ts";

/** A connection lacks a setting that the server relies on. */
export class UnsafeSettings extends Error {
  override readonly name = "UnsafeSettings";
  readonly code = "UNSAFE_SETTINGS";
}

/** The kinds of connections, which have different settings. */
export type ConnectionKind = "own" | "shared" | "pooled";

const shown = (settings: Readonly<Record<string, ServerSetting>>): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.shown]));

const { shown: isolation } = serverSettings.default_transaction_isolation;

const EXPECTED: Readonly<Record<ConnectionKind, Readonly<Record<string, string>>>> = {
  own: { ...shown(serverSettings), ...untouchedSettings },
  shared: { ...shown(serverSettings), ...shown(sharedSettings), ...untouchedSettings },
  // Behind a pooler each transaction sets the others itself.
  pooled: { default_transaction_isolation: isolation, ...untouchedSettings },
};

/** The first words of the error that the check raises. PostgreSQL puts the value after them. */
const RAISED = /"(?:settings: )([^"]*)"/;

const checks = new Map<ConnectionKind, string>();

/** The statements of the check, which raise an error that lists the settings with another value. */
export function settingsCheck(kind: ConnectionKind): string {
  const known = checks.get(kind);
  if (known !== undefined) return known;
  const wrong = Object.entries(EXPECTED[kind]).map(([name, value]) => {
    const actual = `coalesce(current_setting('${name}', true), '')`;
    return `CASE WHEN ${actual} <> ${pg.escapeLiteral(value)} THEN '${name} is ' || coalesce(nullif(${actual}, ''), 'empty') || ${pg.escapeLiteral(` instead of ${value === "" ? "empty" : value}`)} END`;
  });
  // A cast raises the error, because a DO block would need a right on its language.
  const check = `BEGIN; SELECT CASE WHEN found <> '' THEN ('settings: ' || found)::int END FROM (SELECT concat_ws(', ', ${wrong.join(", ")}) AS found) AS settings; COMMIT`;
  checks.set(kind, check);
  return check;
}

/** @returns the error to report for an error of the check */
export function settingsProblem(error: Error): Error {
  const [, found] = RAISED.exec(error.message) ?? [];
  if (found === undefined) return error;
  return new UnsafeSettings(`A connection lacks settings that the server relies on: ${found}`, {
    cause: error,
  });
}
