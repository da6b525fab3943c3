// Opens a connection as the server does and describes it, for the doctor.
import { TLSSocket } from "node:tls";
import type pg from "pg";
import { serverFacts, type ServerFacts } from "../login/check-server.ts";
import type { PostgresTarget } from "../login/postgres-address.ts";

export interface ConnectionFacts extends ServerFacts {
  readonly tls: TlsFacts | null;
  /** How much the database's clock is ahead of this machine's, in ms. */
  readonly clockAheadMs: number;
  /** The time of a round trip in ms. */
  readonly roundTripMs: number;
}

export interface TlsFacts {
  readonly version: string;
  readonly cipher: string;
  readonly certificateExpiresAt: Date | null;
  readonly isHostNameChecked: boolean;
}

/** @param client an open connection to the target */
export async function inspectConnection(
  client: pg.ClientBase,
  { ssl }: Pick<PostgresTarget, "ssl">,
): Promise<ConnectionFacts> {
  // The first statement also waits for the check of the settings. A pooler in statement mode refuses the transaction.
  await client.query("BEGIN");
  const startedAt = Date.now();
  const facts = await serverFacts(client);
  const endedAt = Date.now();
  await client.query("COMMIT");
  return {
    ...facts,
    tls: tlsFacts(streamOf(client), ssl),
    clockAheadMs: Math.round(facts.clockMs - (startedAt + endedAt) / 2),
    roundTripMs: endedAt - startedAt,
  };
}

function tlsFacts(stream: unknown, ssl: PostgresTarget["ssl"]): TlsFacts | null {
  if (!(stream instanceof TLSSocket) || ssl === false) return null;
  const expiresAt = new Date(stream.getPeerCertificate().valid_to);
  return {
    version: stream.getProtocol() ?? "unknown",
    cipher: stream.getCipher().standardName,
    certificateExpiresAt: Number.isNaN(expiresAt.getTime()) ? null : expiresAt,
    isHostNameChecked: ssl.checkServerIdentity === undefined,
  };
}

/** This function casts, because pg's types omit the connection of a pool's client. */
const streamOf = (client: pg.ClientBase): unknown =>
  (client as unknown as { connection: { stream: unknown } }).connection.stream;
