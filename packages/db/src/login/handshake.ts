// Watches the first messages of a connection. pg would wait for the time limit when another service answers, and would send a
// password on a connection that is not bound to TLS.
import type pg from "pg";

/** Another service answers at the address. */
export class NotPostgres extends Error {
  override readonly name = "NotPostgres";
  readonly code = "NOT_POSTGRES";
}

/** The address requires channel binding, and PostgreSQL or a pooler does not offer it. */
export class ChannelNotBound extends Error {
  override readonly name = "ChannelNotBound";
  readonly code = "CHANNEL_NOT_BOUND";
}

export interface Handshake {
  readonly ssl?: unknown;
  readonly requiresChannelBinding?: boolean;
}

/** Call it before the client connects. */
export function watchHandshake(client: pg.Client, { ssl, requiresChannelBinding = false }: Handshake): void {
  const { connection } = client;
  const { stream } = connection;
  const fail = (error: Error): void => {
    connection.emit("error", error);
    stream.destroy();
  };
  const expected = ssl === undefined || ssl === false ? "RENv" : "SNE";
  stream.once("data", (chunk: Buffer) => {
    const service = serviceOf(chunk, expected);
    if (service !== null) fail(new NotPostgres(service));
  });
  if (requiresChannelBinding) requireChannelBinding(client, fail);
}

/** @returns the other service that sent the first bytes, or null for PostgreSQL */
function serviceOf(chunk: Buffer, expected: string): string | null {
  const text = chunk.toString("latin1", 0, 16);
  if (chunk.length > 4 && chunk[3] === 0 && chunk[4] === 10) return "MySQL or MariaDB";
  if (expected.includes(text.charAt(0))) return null;
  if (text.startsWith("HTTP/")) return "an HTTP server";
  if (text.startsWith("SSH-")) return "an SSH server";
  if (/^(?:220|\* OK)/.test(text)) return "a mail or file server";
  if (/^[-+]/.test(text)) return "Redis or a similar server";
  if (chunk[0] === 0x15 && chunk[1] === 3) return "a server that expects TLS at once";
  return "another service";
}

/** Ends the connection when the server asks for a login without channel binding, before a password is sent. */
function requireChannelBinding({ connection }: pg.Client, fail: (error: Error) => void): void {
  let isBound = false;
  const refuse = () => {
    if (!isBound) fail(new ChannelNotBound("The server offers no channel binding."));
  };
  connection.prependListener("authenticationSASL", ({ mechanisms }: { mechanisms: string[] }) => {
    isBound = mechanisms.includes("SCRAM-SHA-256-PLUS");
    refuse();
  });
  for (const message of [
    "authenticationCleartextPassword",
    "authenticationMD5Password",
    "authenticationOk",
  ]) {
    connection.prependListener(message, refuse);
  }
}
