// Checks the settings of a new connection. A pooler between may drop startup options, and the owner of the database may have
// changed a setting of the login. The check is sent before the first statement and is not awaited, so it takes no round trip.
// If it fails, it leaves an aborted transaction, in which PostgreSQL executes no statement, and the connection is closed.
import pg from "pg";
import { durableSettings, type Durability } from "../login/durable-settings.ts";
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

/** The accepted values of each setting. */
type Expected = Readonly<Record<string, string | readonly string[]>>;

const EXPECTED: Readonly<Record<ConnectionKind, Expected>> = {
  own: { ...shown(serverSettings), ...untouchedSettings },
  shared: { ...shown(serverSettings), ...shown(sharedSettings), ...untouchedSettings },
  // Behind a pooler each transaction sets the others itself.
  pooled: { default_transaction_isolation: isolation, ...untouchedSettings },
};

/** The first words of the error that the check raises. PostgreSQL puts the value after them. */
const RAISED = /"(?:settings: )([^"]*)"/;

const checks = new Map<string, string>();

/**
 * The statements of the check, which raise an error that lists the settings with another value.
 * @param durability also checks the settings without which a crash loses acknowledged writes; null to accept their loss
 */
export function settingsCheck(kind: ConnectionKind, durability: Durability | null): string {
  const key = `${kind} ${durability}`;
  const known = checks.get(key);
  if (known !== undefined) return known;
  const expected: Expected = {
    ...EXPECTED[kind],
    ...(durability === null ? {} : durableSettings[durability]),
  };
  const wrong = Object.entries(expected).map(([name, accepted]) => {
    const values = [accepted].flat();
    const actual = `coalesce(current_setting('${name}', true), '')`;
    const instead = ` instead of ${values.map((value) => (value === "" ? "empty" : value)).join(" or ")}`;
    return `CASE WHEN ${actual} NOT IN (${values.map((value) => pg.escapeLiteral(value)).join(", ")}) THEN '${name} is ' || coalesce(nullif(${actual}, ''), 'empty') || ${pg.escapeLiteral(instead)} END`;
  });
  // A cast raises the error, because a DO block would need a right on its language.
  const check = `BEGIN; SELECT CASE WHEN found <> '' THEN ('settings: ' || found)::int END FROM (SELECT concat_ws(', ', ${wrong.join(", ")}) AS found) AS settings; COMMIT`;
  checks.set(key, check);
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
