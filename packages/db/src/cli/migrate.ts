// `pnpm db:migrate`: applies this build's migrations and prepares the logins of the server and the operator. It reads the
// addresses from the environment or from files, never from its arguments: other users of the machine can see those.
// If an administrator must do a part, standard output contains the SQL for that part and nothing else.
import { MigrationError } from "../migrations/migrate.ts";
import {
  readPostgresAddress,
  PostgresAddressError,
  type PostgresAddress,
} from "../login/postgres-address.ts";
import { openClient } from "../login/with-owner.ts";
import { SecretError, secretOf } from "../login/secret-of.ts";
import { ownerProblem } from "./owner-problem.ts";
import { setUpDatabase } from "../setup/set-up-database.ts";
import { SetupProblem } from "../setup/setup-problem.ts";

const OWNER = "PROJO_DATABASE_OWNER_URL";
const SERVER = "DATABASE_URL";
const OPERATOR = "PROJO_OPERATOR_DATABASE_URL";

const say = (line: string) => process.stdout.write(`${line}\n`);
const note = (line: string) => process.stderr.write(`${line}\n`);

const ownerAddress = addressOf(OWNER);
const server = namingUser(SERVER, addressOf(SERVER));
const operator = namingUser(OPERATOR, addressOf(OPERATOR));
if (!ownerAddress) refuse(`Set ${OWNER} to a login that owns the database.`);
if (server && operator && server.login.user === operator.login.user) {
  refuse(`${OPERATOR} must name another user than ${SERVER}: a server must not use the operator's login.`);
}
for (const [variable, address] of [[SERVER, server] as const, [OPERATOR, operator] as const]) {
  if (address && address.login.user === ownerAddress.login.user) {
    refuse(`${variable} must name another user than ${OWNER}: row-level security does not bind the owner.`);
  }
}

const owner = openClient(ownerAddress.target, "projostack-migrate");
try {
  await owner.connect();
  const ran = await setUpDatabase(owner, { ownerAddress, server, operator, note });
  say(ran.length === 0 ? "The database is up to date." : `Applied ${ran.join(", ")}.`);
  if (server) say(`The login ${server.login.user} is ready. Start the server with ${SERVER}.`);
  else say(`To prepare the server's login too, set ${SERVER}.`);
  if (operator) say(`The login ${operator.login.user} is ready. Run \`pnpm operator\` with ${OPERATOR}.`);
} catch (error) {
  if (error instanceof SetupProblem && error.sql !== null) process.stdout.write(error.sql);
  if (error instanceof SetupProblem) note(error.message);
  else if (error instanceof MigrationError) note(`${OWNER}: ${error.message.replaceAll(/\s*\n\s*/g, " ")}`);
  else note(ownerProblem(error, OWNER, ownerAddress.target));
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
  note(`${why} (docs/database.md)`);
  process.exit(2);
}
