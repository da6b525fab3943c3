// `pnpm db:migrate`: applies this build's migrations and prepares the logins of the server and the operator. It reads the
// addresses from the environment or from files, never from its arguments: other users of the machine can see those.
import pg from "pg";
import { migrate } from "../migrations/migrate.ts";
import {
  readPostgresAddress,
  PostgresAddressError,
  type PostgresAddress,
} from "../login/postgres-address.ts";
import { prepareLogin, prepareOperatorLogin } from "../login/prepare-login.ts";
import { SecretError, secretOf } from "../login/secret-of.ts";

const OWNER = "PROJO_DATABASE_OWNER_URL";
const SERVER = "DATABASE_URL";
const OPERATOR = "PROJO_OPERATOR_DATABASE_URL";

const say = (line: string) => process.stdout.write(`${line}\n`);

const ownerAddress = addressOf(OWNER);
const server = namingUser(SERVER, addressOf(SERVER));
const operator = namingUser(OPERATOR, addressOf(OPERATOR));
if (!ownerAddress) refuse(`Set ${OWNER} to a login that owns the database.`);
if (server && operator && server.login.user === operator.login.user) {
  refuse(`${OPERATOR} must name another user than ${SERVER}: a server must not use the operator's login.`);
}

const owner = new pg.Client({ ...ownerAddress.target, application_name: "projostack-migrate" });
// A broken connection fails the current statement. Without a listener, the event would end the process with a stack trace.
owner.on("error", () => {});
try {
  await owner.connect();
  const ran = await migrate(owner);
  say(ran.length === 0 ? "The database is up to date." : `Applied ${ran.join(", ")}.`);
  if (server) {
    await prepareLogin(owner, server.login);
    say(`The login ${server.login.user} is ready. Start the server with ${SERVER}.`);
  } else {
    say(`To prepare the server's login too, set ${SERVER}.`);
  }
  if (operator) {
    await prepareOperatorLogin(owner, operator.login);
    say(`The login ${operator.login.user} is ready. Run \`pnpm operator\` with ${OPERATOR}.`);
  }
} catch (error) {
  process.stderr.write(`${lineOf(error)}\n`);
  process.exitCode = 1;
} finally {
  await owner.end().catch(() => {});
}

function addressOf(name: string): PostgresAddress | null {
  try {
    const text = secretOf(process.env, name);
    return text === undefined ? null : readPostgresAddress(text);
  } catch (error) {
    if (error instanceof SecretError) refuse(error.message);
    if (error instanceof PostgresAddressError) refuse(`${name} ${error.message}.`);
    throw error;
  }
}

function namingUser(name: string, address: PostgresAddress | null): PostgresAddress | null {
  if (address?.login.user === "") refuse(`${name} names no user.`);
  return address;
}

function refuse(why: string): never {
  process.stderr.write(`${why} (docs/database.md)\n`);
  process.exit(2);
}

/** When a host name has several addresses and none answers, Node's AggregateError has no message: use its first error. */
function lineOf(error: unknown): string {
  const [first = error] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return (first instanceof Error ? first.message : String(first)).replaceAll(/\s*\n\s*/g, " ");
}
