// What an address such as postgres://user:password@host:5432/database means here, above all about TLS. The pg client and
// libpq read sslmode in different ways, and pg changes its own reading in its next version, so it is read here: every
// connection off this machine is encrypted to a server that was verified, unless the address itself says sslmode=disable.
import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { Login } from "./prepare-login.ts";

export interface PostgresAddress {
  /** The host's name or address, or a socket's directory. */
  readonly host: string;
  /** Whether nothing between the server and PostgreSQL leaves this machine: a loopback address or a unix socket. */
  readonly isLocal: boolean;
  readonly login: Login;
  /** For `openPool` and `withOwner`. It holds the password. */
  readonly target: { readonly connectionString: string; readonly ssl: false | ConnectionOptions };
}

/** The problem of an address, without the address. The message goes on from the name of its setting. */
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

/** As pg finds it: in the query, or before the path, where a socket's directory is percent-encoded. */
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
        `has the parameter ${name}, which is not used here: choose among ${TLS_PARAMETERS.join(", ")}`,
      );
    }
  }
  // PostgreSQL speaks no TLS on a socket, where there is no network.
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
    // Hosting services write `require` into the addresses that they hand out. It is not weaker here than verify-full.
    case "require":
    case "verify-full":
      return verified;
    case "verify-ca":
      if (files.ca === undefined) {
        throw new PostgresAddressError(
          "has sslmode=verify-ca without sslrootcert: any public authority would do. Name the authority's file, or use sslmode=verify-full",
        );
      }
      // The authority alone identifies the server.
      return { ...verified, checkServerIdentity: () => undefined };
    default:
      throw new PostgresAddressError(
        "has an sslmode that does not keep others out: use verify-full, verify-ca with sslrootcert, or disable for a network that you trust",
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
