import pg from "pg";
import type { PostgresTarget } from "./postgres-address.ts";
import { watchHandshake } from "./handshake.ts";

/** The longest time for connecting. */
const CONNECT_MS = 5_000;

/** Runs the work on a connection of the database's owner, and closes it. Use it for migrations, never for requests. */
export async function withOwner<T>(
  target: PostgresTarget | pg.ClientConfig,
  work: (owner: pg.Client) => Promise<T>,
): Promise<T> {
  const owner = openClient(target, "projostack-owner");
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

/** Creates a client for a few statements. It is not connected yet. @param program its name in `pg_stat_activity` */
export function openClient(target: PostgresTarget | pg.ClientConfig, program: string): pg.Client {
  const { applicationName, connectMs = CONNECT_MS, ...config } = target as Partial<PostgresTarget>;
  const client = new pg.Client({
    application_name: nameOf(program, applicationName),
    connectionTimeoutMillis: Math.min(connectMs, CONNECT_MS),
    ...config,
  });
  // A broken connection fails the current statement. Without a listener, the event would end the process.
  client.on("error", () => {});
  watchHandshake(client, config);
  return client;
}

/** The application name of a connection. */
export const nameOf = (program: string, given: string | undefined): string =>
  given === undefined ? program : `${program}/${given}`;
