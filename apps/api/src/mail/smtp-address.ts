/** An SMTP server, and how to speak with it. */
export interface SmtpAddress {
  readonly host: string;
  readonly port: number;
  /** `implicit` from the first byte, `required` by STARTTLS before anything is said, `off` in the clear. */
  readonly tls: "implicit" | "required" | "off";
  readonly login: { readonly user: string; readonly password: string } | null;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Reads `smtps://user:password@host:465`, `smtp://user:password@host:587` or `smtp://host?tls=off`; null when it is
 * none. Mail holds links that open accounts, so it leaves the machine encrypted unless somebody says otherwise, and a
 * password leaves it in no other way.
 */
export function parseSmtpUrl(text: string): SmtpAddress | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port, username, password, pathname, hash, search } = new URL(text);
  const isImplicit = protocol === "smtps:";
  if ((!isImplicit && protocol !== "smtp:") || hostname === "" || hash !== "" || port === "0") return null;
  if (pathname !== "" && pathname !== "/") return null;
  if (search !== "" && (isImplicit || search !== "?tls=off")) return null;
  const isLoopback = LOOPBACK.test(hostname);
  const tls = isImplicit ? "implicit" : isLoopback || search !== "" ? "off" : "required";
  if (tls === "off" && !isLoopback && username !== "") return null;
  const login = loginOf(username, password);
  if (login === undefined) return null;
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (isImplicit ? 465 : 587) : Number(port),
    tls,
    login,
  };
}

/** Undefined when the URL's escapes are wrong or half of the login is missing. */
function loginOf(username: string, password: string): SmtpAddress["login"] | undefined {
  if (username === "" && password === "") return null;
  if (username === "" || password === "") return undefined;
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}
