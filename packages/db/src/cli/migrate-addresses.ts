// The addresses of the migrate command, from the environment or from files, and the layout of the database.
import { type DatabaseLayout, databaseLayouts } from "../login/database-layout.ts";
import {
  type PostgresAddress,
  PostgresAddressError,
  readPostgresAddress,
} from "../login/postgres-address.ts";
import { SecretError, secretOf } from "../login/secret-of.ts";

export const OWNER = "PROJO_DATABASE_OWNER_URL";
export const SERVER = "DATABASE_URL";
const LAYOUT = "PROJO_DATABASE_LAYOUT";
export const OPERATOR = "PROJO_OPERATOR_DATABASE_URL";

export interface Addresses {
  readonly owner: PostgresAddress;
  /** The login of the servers, which is prepared; null to prepare none. */
  readonly server: PostgresAddress | null;
  /** The login of the operator's program, which is prepared; null to prepare none. */
  readonly operator: PostgresAddress | null;
  readonly layout: DatabaseLayout;
}

/** An address is missing or wrong. The message names the variable. */
export class AddressesError extends Error {
  override readonly name = "AddressesError";
}

/** @throws AddressesError */
export function readAddresses(env: NodeJS.ProcessEnv): Addresses {
  const owner = addressOf(env, OWNER);
  const server = namingUser(SERVER, addressOf(env, SERVER));
  const operator = namingUser(OPERATOR, addressOf(env, OPERATOR));
  if (!owner) throw new AddressesError(`Set ${OWNER} to a login that owns the database.`);
  if (server && operator && server.login.user === operator.login.user) {
    throw new AddressesError(
      `${OPERATOR} must name another user than ${SERVER}: a server must not use the operator's login.`,
    );
  }
  for (const [variable, address] of [[SERVER, server] as const, [OPERATOR, operator] as const]) {
    if (address && address.login.user === owner.login.user) {
      throw new AddressesError(
        `${variable} must name another user than ${OWNER}: row-level security does not bind the owner.`,
      );
    }
  }
  return { owner, server, operator, layout: layoutOf(env) };
}

function layoutOf(env: NodeJS.ProcessEnv): DatabaseLayout {
  const layout = databaseLayouts.find((name) => name === (env[LAYOUT] ?? "single"));
  if (layout) return layout;
  throw new AddressesError(`${LAYOUT} must be one of ${databaseLayouts.join(", ")}.`);
}

function addressOf(env: NodeJS.ProcessEnv, name: string): PostgresAddress | null {
  try {
    const text = secretOf(env, name);
    return text === undefined ? null : readPostgresAddress(text);
  } catch (error) {
    if (error instanceof SecretError) throw new AddressesError(error.message, { cause: error });
    if (error instanceof PostgresAddressError) {
      throw new AddressesError(`${name} ${error.message}.`, { cause: error });
    }
    throw error;
  }
}

function namingUser(name: string, address: PostgresAddress | null): PostgresAddress | null {
  if (address?.login.user === "") throw new AddressesError(`${name} names no user.`);
  return address;
}
