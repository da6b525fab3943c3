// Watches the first messages of a connection. When another service answers, pg would wait for the time limit, or throw an error
// that ends the process. It would also send a password on a connection that is not bound to TLS.
//
// This file casts a type, because pg's types omit the method that attaches its parser.
import type { Duplex } from "node:stream";
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
  const usesTls = ssl !== undefined && ssl !== false;
  stream.once("data", (chunk: Buffer) => {
    const service = serviceOf(chunk, usesTls);
    if (service !== null) fail(new NotPostgres(service));
  });
  guardParser(client, fail);
  if (requiresChannelBinding) requireChannelBinding(client, fail);
}

/** @returns the other service that sent the first bytes, or null for PostgreSQL */
function serviceOf(chunk: Buffer, usesTls: boolean): string | null {
  const text = chunk.toString("latin1", 0, 16);
  if (chunk.length > 4 && chunk[3] === 0 && chunk[4] === 10) return "MySQL or MariaDB";
  // PostgreSQL answers the request for TLS with one byte, or with an error.
  const isPostgres = usesTls ? /^(?:[SN]$|E)/.test(text) : /^[RENv]/.test(text);
  if (isPostgres) return null;
  if (text.startsWith("HTTP/")) return "an HTTP server";
  if (text.startsWith("SSH-")) return "an SSH server";
  if (/^(?:220|\* OK)/.test(text)) return "a mail or file server";
  if (/^[-+]/.test(text)) return "Redis or a similar server";
  if (chunk[0] === 0x15 && chunk[1] === 3) return "a server that expects TLS at once";
  return "another service";
}

/** pg's error for a PostgreSQL that asks for Kerberos, GSSAPI or SSPI. */
const UNSUPPORTED_LOGIN = /authenticationOk message type [26789]$/;

/** Makes an error of pg's parser an error of the connection, until the connection is established. */
function guardParser(client: pg.Client, fail: (error: Error) => void): void {
  const connection = client.connection as unknown as { attachListeners(stream: Duplex): void };
  const attach = connection.attachListeners.bind(connection);
  let isEstablished = false;
  client.once("connect", () => {
    isEstablished = true;
  });
  connection.attachListeners = (stream) => {
    const on = (event: string, listener: (chunk: Buffer) => void) =>
      stream.on(event, event === "data" ? guarded(listener) : listener);
    const guarded = (parse: (chunk: Buffer) => void) => (chunk: Buffer) => {
      if (isEstablished) return parse(chunk);
      if (stream.destroyed) return;
      try {
        parse(chunk);
      } catch (error) {
        const isUnsupported = error instanceof Error && UNSUPPORTED_LOGIN.test(error.message);
        fail(isUnsupported ? error : new NotPostgres("another service", { cause: error }));
      }
    };
    attach(Object.create(stream, { on: { value: on } }) as Duplex);
  };
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
