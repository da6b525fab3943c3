// The parameters of an address, after the `?`. Each is merged with the server's own settings or refused: a parameter that
// replaced one of them would remove a time limit or shift every time.
import { ADDRESS_SHAPE, PostgresAddressError } from "./address-error.ts";
import { printable } from "./address-parts.ts";
import { isServerSetting } from "../server-settings.ts";

/** A parameter that an address may have. docs/database-connections.md prints this table. */
export interface AddressParameter {
  readonly name: string;
  readonly values: string;
  readonly effect: string;
}

export const addressParameters: readonly AddressParameter[] = [
  {
    name: "host",
    values: "a host name, an IP address, or the directory of a socket",
    effect: "replaces the host before the path",
  },
  { name: "port", values: "1 to 65535", effect: "replaces the port before the path" },
  { name: "user", values: "a login", effect: "replaces the user before the host" },
  { name: "password", values: "a password", effect: "replaces the password before the host" },
  { name: "dbname", values: "a database", effect: "replaces the database in the path" },
  {
    name: "sslmode",
    values: "`disable`, `allow`, `prefer`, `require`, `verify-ca`, `verify-full`",
    effect: "see [TLS](database.md#tls)",
  },
  {
    name: "sslrootcert",
    values: "a PEM file, or `system`",
    effect: "the authorities that may sign the server's certificate; `system` means those of Node.js",
  },
  { name: "sslcert", values: "a PEM file", effect: "the client certificate; it needs `sslkey`" },
  { name: "sslkey", values: "a PEM file", effect: "the private key of `sslcert`" },
  { name: "sslpassword", values: "a passphrase", effect: "decrypts `sslkey`" },
  {
    name: "ssl_min_protocol_version",
    values: "`TLSv1.2`, `TLSv1.3`",
    effect: "the oldest TLS version; `TLSv1.2` without this parameter",
  },
  {
    name: "channel_binding",
    values: "`disable`, `prefer`, `require`",
    effect:
      "`require` connects only if SCRAM is bound to the TLS connection; `prefer` binds it where PostgreSQL offers it; without this parameter it is not bound",
  },
  {
    name: "application_name",
    values: "a name",
    effect: "appended to the server's own name: `projostack/<name>`",
  },
  {
    name: "connect_timeout",
    values: "seconds",
    effect: "the shorter of this and the server's own time limit applies; 0 adds none",
  },
  {
    name: "options",
    values: "`-c name=value`, `--name=value`, `endpoint=<id>`",
    effect: "applied together with the server's own settings; an option that changes one of these is refused",
  },
  {
    name: "target_session_attrs",
    values: "`any`, `read-write`, `primary`",
    effect: "no effect: the server always requires a database that accepts writes",
  },
  {
    name: "pgbouncer",
    values: "`true`, `false`",
    effect: "`true` has the effect of `PROJO_DATABASE_POOLER=transaction`; refused in the owner's address",
  },
  {
    name: "connection_limit",
    values: "1 to 500",
    effect: "the smaller of this and `PROJO_DATABASE_POOL` applies",
  },
  { name: "schema", values: "`public`", effect: "no effect: all tables are in the schema `public`" },
  { name: "client_encoding", values: "`UTF8`", effect: "no effect: the server always uses UTF-8" },
  { name: "gssencmode", values: "`disable`, `prefer`", effect: "no effect: the server does not use GSSAPI" },
];

/** The values of these parameters, besides TLS and the parts of the address. */
export interface ParametersRead {
  readonly channelBinding: "disable" | "prefer" | "require";
  readonly applicationName: string | null;
  /** The longest time for connecting in ms; null for the server's own. */
  readonly connectMs: number | null;
  /** Startup options of PostgreSQL, none of which the server sets itself. */
  readonly startOptions: string | null;
  /** Whether the address is that of a pooler in transaction mode. */
  readonly isPooler: boolean;
  readonly connectionLimit: number | null;
}

type Parameters = ReadonlyMap<string, string>;

/** @throws PostgresAddressError */
export function readParameters(parameters: Parameters): ParametersRead {
  for (const name of parameters.keys()) {
    if (!addressParameters.some((known) => known.name === name)) throw unknownParameter(name);
  }
  oneOf(parameters, "target_session_attrs", ["any", "read-write", "primary"]);
  oneOf(parameters, "schema", ["public"]);
  oneOf(parameters, "client_encoding", ["UTF8", "utf8", "UTF-8", "utf-8"]);
  oneOf(parameters, "gssencmode", ["disable", "prefer"]);
  return {
    channelBinding: oneOf(parameters, "channel_binding", ["disable", "prefer", "require"]) ?? "disable",
    applicationName: applicationNameOf(parameters),
    connectMs: numberOf(parameters, "connect_timeout", { least: 0, most: 3_600 }) * 1_000 || null,
    startOptions: startOptionsOf(parameters),
    isPooler: oneOf(parameters, "pgbouncer", ["true", "false"]) === "true",
    connectionLimit: numberOf(parameters, "connection_limit", { least: 1, most: 500 }) || null,
  };
}

function unknownParameter(name: string): PostgresAddressError {
  const shown = printable(name);
  if (isServerSetting(name)) {
    return new PostgresAddressError(
      `has the parameter ${shown}, which the server sets itself: remove the parameter`,
    );
  }
  if (name.startsWith("ssl") || name === "uselibpqcompat") {
    return new PostgresAddressError(
      `has the parameter ${shown}, which is not supported. Use sslmode, sslrootcert, sslcert, sslkey`,
    );
  }
  return new PostgresAddressError(
    `has the parameter ${shown}, which is not supported: remove it. If it is a part of the password, percent-encode the ? and & there. ${SUPPORTED}`,
  );
}

const SUPPORTED = "The supported parameters are listed in docs/database-connections.md#parameters";

function oneOf<V extends string>(parameters: Parameters, name: string, values: readonly V[]): V | null {
  const value = parameters.get(name);
  if (value === undefined) return null;
  const known = values.find((one) => one === value);
  if (known !== undefined) return known;
  throw new PostgresAddressError(
    `has a value of ${name} that is not supported: use ${values.join(" or ")}, or remove ${name}`,
  );
}

function numberOf(parameters: Parameters, name: string, range: { least: number; most: number }): number {
  const text = parameters.get(name);
  if (text === undefined) return 0;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  if (value >= range.least && value <= range.most) return value;
  throw new PostgresAddressError(
    `has a ${name} that is not a whole number from ${range.least} to ${range.most}`,
  );
}

function applicationNameOf(parameters: Parameters): string | null {
  const name = parameters.get("application_name");
  if (name === undefined || name === "") return null;
  // PostgreSQL cuts longer names, and replaces other characters.
  if (/^[\x20-\x7e]{1,40}$/.test(name)) return name;
  throw new PostgresAddressError("has an application_name that is not 1 to 40 printable ASCII characters");
}

// Neon and Supabase route a connection by such an option, where TLS does not carry the host name.
const ROUTE = /^(?:endpoint|project|reference)=[\w.-]+$/;

/** Checks each option, so that none replaces one of the server's own. */
function startOptionsOf(parameters: Parameters): string | null {
  // Some clients read a plus sign as a space.
  const text = parameters.get("options")?.replaceAll("+", " ").trim();
  if (text === undefined || text === "") return null;
  const words = text.match(/(?:\\.|[^\s\\])+/gs) ?? [];
  for (let at = 0; at < words.length; at += 1) {
    let word = words[at] ?? "";
    if (ROUTE.test(word)) continue;
    if (word === "-c") word += words[(at += 1)] ?? "";
    const [, name] = /^(?:-c|--)([a-z_][\w.-]*)=/i.exec(word) ?? [];
    if (name === undefined) {
      throw new PostgresAddressError(
        "has options that are not of the form -c name=value: write each option in this form, with %20 for a space and %3D for =",
      );
    }
    // PostgreSQL reads a hyphen in a name as an underscore.
    const setting = name.replaceAll("-", "_").toLowerCase();
    if (isServerSetting(setting)) {
      throw new PostgresAddressError(
        `has options that change ${setting}, which the server sets itself: remove it from options`,
      );
    }
  }
  return text;
}

/** @throws PostgresAddressError when the address lacks what only the parameters or the address itself can give */
export function requirePart(part: string, what: "user" | "database"): string {
  if (part !== "") return part;
  throw new PostgresAddressError(`names no ${what}: it ${ADDRESS_SHAPE}`);
}
