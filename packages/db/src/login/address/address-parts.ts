// Splits an address into its parts. It accepts the forms that people paste: quotes around it, a newline after it, the command
// `psql` or the name of the variable before it, `jdbc:`, and an address with a socket and no host. A character of the password
// that ends the address early is reported, because the rest would otherwise be read as another host.
import { isIPv6 } from "node:net";
import { ADDRESS_SHAPE, PostgresAddressError } from "./address-error.ts";

export interface AddressParts {
  readonly user: string;
  readonly password: string;
  /** As it was written, decoded and without the brackets of an IPv6 address; empty when there is none. */
  readonly host: string;
  /** Null when there is none. */
  readonly port: number | null;
  readonly database: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** @throws PostgresAddressError */
export function splitAddress(text: string): AddressParts {
  const rest = withoutScheme(unwrapped(text));
  requireEncoded(rest);
  const [, authority = "", path = "", query = ""] = /^([^/?]*)\/?([^?]*)\??(.*)$/s.exec(rest) ?? [];
  const at = authority.lastIndexOf("@");
  const [, user = "", password = ""] = /^([^:]*):?(.*)$/s.exec(authority.slice(0, Math.max(at, 0))) ?? [];
  return {
    user: decoded(user),
    password: decoded(password),
    ...hostOf(authority.slice(at + 1)),
    database: decoded(path.replace(/\/$/, "")),
    parameters: parametersOf(query),
  };
}

/** Removes what people paste around an address. */
function unwrapped(text: string): string {
  let address = text.replace(/^\uFEFF/, "").trim();
  address = address.replace(/^(?:export\s+)?[A-Z][A-Z0-9_]*\s*=\s*(?=["']?(?:jdbc:)?postgres)/, "");
  address = address.replace(/^psql\s+(?=["']?postgres)/, "");
  const [, , quoted] = /^(["'])(.*)\1;?$/s.exec(address) ?? [];
  return (quoted ?? address).trim();
}

function withoutScheme(address: string): string {
  const [, rest] = /^(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?:\/\/(.*)$/is.exec(address) ?? [];
  if (rest === undefined) {
    const isKeywords = /^(?:\w+\s*=\s*(?:'[^']*'|\S+)\s*){2,}$/.test(address);
    throw new PostgresAddressError(
      isKeywords ? `is a list of keywords, but it ${ADDRESS_SHAPE}` : ADDRESS_SHAPE,
    );
  }
  if (/[\n\r\t]/.test(rest)) {
    throw new PostgresAddressError("has a line break or a tab inside: write the address on one line");
  }
  return rest;
}

/** Characters that end a part of the address, and what to write instead. */
const ENCODED: Readonly<Record<string, string>> = {
  "#": "%23",
  "/": "%2F",
  "?": "%3F",
  "@": "%40",
  "%": "%25",
};

// Hosting services show these in place of the password.
const PLACEHOLDER = /\[[\w -]*password[\w -]*\]|<[\w -]*password[\w -]*>|\$\{\w+\}|\{\{[^}]*\}\}/i;

function requireEncoded(rest: string): void {
  if (PLACEHOLDER.test(rest)) {
    throw new PostgresAddressError(
      "contains a placeholder, such as [YOUR-PASSWORD] or a variable in braces: put the value in its place",
    );
  }
  const login = loginOf(rest);
  const secret = login.slice(login.indexOf(":") + 1);
  const found = Object.keys(ENCODED).filter((character) =>
    character === "%"
      ? /%(?![0-9a-f]{2})/i.test(login)
      : (character !== "@" || endsEarly(rest)) && secret.includes(character),
  );
  if (rest.includes("#") && !found.includes("#")) found.push("#");
  if (found.length === 0) return;
  const advice = found.map((character) => `${character} as ${ENCODED[character]}`).join(", ");
  throw new PostgresAddressError(
    `${ADDRESS_SHAPE}. Its user or password contains a character that must be percent-encoded: write ${advice}`,
  );
}

/** The user and password as they were probably meant: the text before the @ in front of the host. */
function loginOf(rest: string): string {
  const [authority = ""] = rest.split(/[/?#]/, 1);
  return endsEarly(rest)
    ? rest.slice(0, rest.lastIndexOf("@"))
    : authority.slice(0, Math.max(authority.lastIndexOf("@"), 0));
}

/** Whether a character of the password ends the authority before the @ in front of the host. */
function endsEarly(rest: string): boolean {
  const [authority = ""] = rest.split(/[/?#]/, 1);
  const tail = rest.slice(authority.length);
  if (authority === "" || !tail.includes("@")) return false;
  const [beforeAt = ""] = tail.split("@", 1);
  // A value of a parameter may contain an @; a path never does.
  if (!beforeAt.includes("?") || beforeAt.startsWith("#")) return true;
  const hasPort = /^[^@]*:\d{1,5}$/.test(authority) || !authority.includes(":");
  return !authority.includes("@") && (!hasPort || !beforeAt.includes("="));
}

function hostOf(text: string): { host: string; port: number | null } {
  if (text.includes(",")) {
    throw new PostgresAddressError(
      "names several hosts, which is not supported: name one host, or a name or proxy that follows the primary",
    );
  }
  if (isIPv6(text) || isIPv6(text.replace(/:\d+$/, ""))) {
    throw new PostgresAddressError(
      "has an IPv6 address without brackets: write it as in postgres://user:password@[::1]:5432/projo",
    );
  }
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(text) ?? [];
  if (bracketed === undefined && plain === undefined) throw new PostgresAddressError(ADDRESS_SHAPE);
  const host = decoded(bracketed ?? plain ?? "");
  if ((bracketed !== undefined && !isIPv6(bracketed)) || /[\s@]/.test(host)) {
    throw new PostgresAddressError(ADDRESS_SHAPE);
  }
  return { host, port: port === undefined || port === "" ? null : parsePort(port) };
}

/** @throws PostgresAddressError */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw new PostgresAddressError("has a port that is not a number from 1 to 65535");
  }
  return port;
}

function parametersOf(query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
    const key = decoded(name);
    if (parameters.has(key)) {
      throw new PostgresAddressError(`has the parameter ${printable(key)} twice: keep one of them`);
    }
    parameters.set(key, decoded(value));
  }
  return parameters;
}

/** The name of a parameter for a message. A long or strange name may be a part of the password. */
export const printable = (name: string): string =>
  /^[a-z][\w.-]{0,39}$/i.test(name) ? name : "with a name that is not a word";

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new PostgresAddressError(ADDRESS_SHAPE);
  }
}
