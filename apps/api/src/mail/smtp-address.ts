import { parseUrl } from "../runtime/parse-url.ts";

/** An SMTP server and its connection settings. */
export interface SmtpAddress {
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first byte; `required`: STARTTLS before any mail; `off`: no encryption. */
  readonly tls: "implicit" | "required" | "off";
  readonly login: { readonly user: string; readonly password: string } | null;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Parses `smtps://user:password@host:465`, `smtp://user:password@host:587` or `smtp://host?tls=off`; null for any other
 * text. Mail contains links that give access to accounts, so a connection to another machine is encrypted unless the URL
 * says `tls=off`. A URL with a password cannot turn encryption off.
 */
export function parseSmtpUrl(text: string): SmtpAddress | null {
  const url = parseUrl(text);
  if (url === null) return null;
  const { protocol, hostname, port, username, password, pathname, hash, search } = url;
  const isImplicit = protocol === "smtps:";
  if ((!isImplicit && protocol !== "smtp:") || hostname === "" || hash !== "" || port === "0") return null;
  if (pathname !== "" && pathname !== "/") return null;
  if (search !== "" && (isImplicit || search !== "?tls=off")) return null;
  const isLoopback = LOOPBACK.test(hostname);
  const tls = isImplicit ? "implicit" : isLoopback || search !== "" ? "off" : "required";
  if (tls === "off" && !isLoopback && username !== "") return null;
  const login = parseLogin(username, password);
  if (login === undefined) return null;
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (isImplicit ? 465 : 587) : Number(port),
    tls,
    login,
  };
}

/** Parses the login; null when there is none, undefined when its escapes are malformed or one half is missing. */
function parseLogin(username: string, password: string): SmtpAddress["login"] | undefined {
  if (username === "" && password === "") return null;
  if (username === "" || password === "") return undefined;
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}
