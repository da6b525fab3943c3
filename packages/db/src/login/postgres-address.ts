// Reads an address such as postgres://user:password@host:5432/database, in particular its TLS parameters. pg and libpq
// interpret sslmode differently, and pg's next version changes its interpretation, so this file defines it: a connection to
// another machine uses TLS and verifies the server, unless the address contains sslmode=disable.
import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { Login } from "./prepare-login.ts";

export interface PostgresAddress {
  /** The name or IP address of the host, or the directory of a socket. */
  readonly host: string;
  /** Whether the connection stays on this machine: a loopback address or a unix socket. */
  readonly isLocal: boolean;
  readonly login: Login;
  /** The target for `openPool` and `withOwner`. It contains the password. */
  readonly target: { readonly connectionString: string; readonly ssl: false | ConnectionOptions };
}

/** The problem of an address. The message does not contain the address; put the name of the setting before it. */
export class PostgresAddressError extends Error {
  override readonly name = "PostgresAddressError";
}

const SHAPE = "must be an address such as postgres://user:password@host:5432/projo";

/** @throws PostgresAddressError */
export function readPostgresAddress(text: string): PostgresAddress {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) throw new PostgresAddressError(SHAPE);
  const url = new URL(text);
  const host = hostOf(url);
  // pg would otherwise take the host from its own environment variable, unchecked.
  if (host === "") url.searchParams.set("host", "localhost");
  const isSocket = host.startsWith("/");
  const isLocal = isSocket || host === "" || isLoopback(host);
  const ssl = tlsOf(url, isSocket, isLocal);
  for (const name of TLS_PARAMETERS) url.searchParams.delete(name);
  return {
    host: host === "" ? "localhost" : host,
    isLocal,
    login: loginOf(url),
    target: { connectionString: url.href, ssl },
  };
}

/** Finds the host as pg does: in the query, or before the path, where the directory of a socket is percent-encoded. */
function hostOf({ hostname, searchParams }: URL): string {
  const named = searchParams.getAll("host").at(-1);
  return (named || decoded(hostname)).replace(/^\[(.*)\]$/, "$1");
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));

function loginOf({ username, password }: URL): Login {
  const user = decoded(username);
  return password === "" ? { user } : { user, password: decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new PostgresAddressError(SHAPE);
  }
}

const TLS_PARAMETERS = ["sslmode", "sslrootcert", "sslcert", "sslkey"] as const;

function tlsOf({ searchParams }: URL, isSocket: boolean, isLocal: boolean): false | ConnectionOptions {
  for (const name of searchParams.keys()) {
    const isKnown = TLS_PARAMETERS.some((known) => known === name);
    if (!isKnown && (name.startsWith("ssl") || name === "uselibpqcompat")) {
      throw new PostgresAddressError(
        `has the parameter ${name}, which is not supported. Use ${TLS_PARAMETERS.join(", ")}`,
      );
    }
  }
  // PostgreSQL does not support TLS on a unix socket.
  if (isSocket) return false;
  const files = {
    ca: fileOf(searchParams, "sslrootcert"),
    cert: fileOf(searchParams, "sslcert"),
    key: fileOf(searchParams, "sslkey"),
  };
  const verified = { ...given(files), minVersion: "TLSv1.2", rejectUnauthorized: true } as const;
  const mode = searchParams.get("sslmode");
  switch (mode) {
    case null:
      return isLocal && files.ca === undefined ? false : verified;
    case "disable":
      return false;
    // Hosting services use `require` in their addresses. Here it verifies the server as verify-full does.
    case "require":
    case "verify-full":
      return verified;
    case "verify-ca":
      if (files.ca === undefined) {
        throw new PostgresAddressError(
          "has sslmode=verify-ca without sslrootcert, which would accept any public certificate authority. Set sslrootcert to the authority's file, or use sslmode=verify-full",
        );
      }
      // In this mode the certificate authority identifies the server, so the host name is not checked.
      return { ...verified, checkServerIdentity: () => undefined };
    default:
      throw new PostgresAddressError(
        "has an sslmode that does not verify the server: use verify-full, verify-ca with sslrootcert, or disable for a network that you trust",
      );
  }
}

const given = (files: Readonly<Record<string, string | undefined>>): ConnectionOptions =>
  Object.fromEntries(Object.entries(files).filter(([, content]) => content !== undefined));

function fileOf(parameters: URLSearchParams, name: string): string | undefined {
  const path = parameters.get(name);
  if (path === null) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "error";
    throw new PostgresAddressError(`names the file ${path} as ${name}, which cannot be read (${code})`);
  }
}
