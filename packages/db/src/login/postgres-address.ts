// Reads an address such as postgres://user:password@host:5432/database. The result has no connection string: pg would let its
// parameters replace the server's own settings.
import { isIPv4 } from "node:net";
import { userInfo } from "node:os";
import type { ConnectionOptions } from "node:tls";
import { ADDRESS_SHAPE, PostgresAddressError } from "./address/address-error.ts";
import { readParameters, requirePart } from "./address/address-parameters.ts";
import { parsePort, splitAddress } from "./address/address-parts.ts";
import { tlsOf } from "./address/address-tls.ts";
import type { Login } from "./login.ts";

export { PostgresAddressError } from "./address/address-error.ts";

/** Where and how to connect, for `openPool` and `withOwner`. It contains the password. */
export interface PostgresTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  readonly ssl: false | ConnectionOptions;
  /** Appended to the name of the program in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** Startup options besides those that the server sets itself. */
  readonly options?: string;
  /** The longest time for connecting in ms, if it is shorter than the caller's own. */
  readonly connectMs?: number;
  /** Whether SCRAM is bound to the TLS connection where PostgreSQL offers it (`SCRAM-SHA-256-PLUS`). */
  readonly enableChannelBinding?: boolean;
  /** Whether a login that is not bound to the TLS connection is refused. */
  readonly requiresChannelBinding?: boolean;
}

export interface PostgresAddress {
  /** The name or IP address of the host, or the directory of a socket. */
  readonly host: string;
  /** Whether the connection stays on this machine: a loopback address or a unix socket. */
  readonly isLocal: boolean;
  readonly login: Login;
  readonly target: PostgresTarget;
  /** Whether the address says that it is a pooler in transaction mode. */
  readonly isPooler: boolean;
  /** The most connections that the address allows; null when it does not say. */
  readonly connectionLimit: number | null;
}

/** @throws PostgresAddressError */
export function readPostgresAddress(text: string): PostgresAddress {
  const parts = splitAddress(text);
  const { parameters } = parts;
  const read = readParameters(parameters);
  const place = placeOf(parameters.get("host") ?? parts.host, parameters.get("port") ?? parts.port);
  const isLocal = place.isSocket || isLoopback(place.host);
  const ssl = tlsOf(parameters, { isSocket: place.isSocket, isLocal });
  const user = parameters.get("user") ?? parts.user;
  const password = parameters.get("password") ?? parts.password;
  const login = password === "" ? { user } : { user, password };
  if (read.channelBinding === "require" && ssl === false) {
    throw new PostgresAddressError(
      "has channel_binding=require on a connection without TLS: add sslmode=verify-full, or remove channel_binding",
    );
  }
  return {
    host: place.host,
    isLocal,
    login,
    target: {
      host: place.host,
      port: place.port,
      ...login,
      user: user === "" && place.isSocket ? userOfProcess() : requirePart(user, "user"),
      database: requirePart(parameters.get("dbname") ?? parts.database, "database"),
      ssl,
      ...(read.applicationName !== null && { applicationName: read.applicationName }),
      ...(read.startOptions !== null && { options: read.startOptions }),
      ...(read.connectMs !== null && { connectMs: read.connectMs }),
      ...(ssl !== false && read.channelBinding !== "disable" && { enableChannelBinding: true }),
      ...(read.channelBinding === "require" && { requiresChannelBinding: true }),
    },
    isPooler: read.isPooler,
    connectionLimit: read.connectionLimit,
  };
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly isSocket: boolean;
}

function placeOf(host: string, port: string | number | null): Place {
  if (host.includes(",") || String(port).includes(",")) {
    throw new PostgresAddressError(
      "names several hosts, which is not supported: name one host, or a name or proxy that follows the primary",
    );
  }
  const number = typeof port === "string" ? parsePort(port) : (port ?? 5432);
  // pg would otherwise take the host from its own environment variable, unchecked.
  if (host === "") return { host: "localhost", port: number, isSocket: false };
  if (!host.startsWith("/")) {
    if (host.includes("/")) throw new PostgresAddressError(ADDRESS_SHAPE);
    return { host: host.replace(/^\[(.*)\]$/, "$1"), port: number, isSocket: false };
  }
  // The path of the socket itself names its port too.
  const [, directory = host, named] = /^(.*)\/\.s\.PGSQL\.(\d+)$/.exec(host) ?? [];
  return { host: directory, port: named === undefined ? number : parsePort(named), isSocket: true };
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));

/** On a socket PostgreSQL can identify the user of the process, so libpq needs no user there. */
function userOfProcess(): string {
  try {
    return userInfo().username;
  } catch {
    // This user has no entry in the list of users, as in a container with an arbitrary id.
    throw new PostgresAddressError(`names no user: it ${ADDRESS_SHAPE}`);
  }
}
