// Reads and writes session cookies of the server.
import type { ResponseHeaders } from "../answer.ts";
import type { CookieAttributes } from "./cookie-jar.ts";

/** The names of the session cookie: of one host, of the hosts of a domain, and of a server in development. */
export const cookieNames = ["__Host-projo_session", "__Secure-projo_session", "projo_session"] as const;

export interface SetCookie {
  readonly name: string;
  /** Empty when the cookie is deleted. */
  readonly value: string;
  readonly attributes: CookieAttributes;
}

/** Returns the session cookie that a response sets, if there is one. */
export function sessionCookieIn(
  headers: ResponseHeaders & { getSetCookie?(): string[] },
): SetCookie | undefined {
  // A runtime without getSetCookie joins the headers by commas.
  const lines = headers.getSetCookie?.() ?? headers.get("set-cookie")?.split(/,\s*(?=[\w-]+=)/) ?? [];
  return lines
    .map(parseSetCookie)
    .filter(({ name }) => cookieNames.some((known) => known === name))
    .at(-1);
}

/** Parses a header `set-cookie` (RFC 6265, section 4.1). */
function parseSetCookie(line: string): SetCookie {
  const [[name = "", value = ""] = [], ...rest] = line.split(";").map(splitPair);
  const given = new Map(rest.map(([key = "", text = ""]) => [key.toLowerCase(), text]));
  const sameSite = given.get("samesite")?.toLowerCase();
  const domain = given.get("domain");
  return {
    name,
    value,
    attributes: {
      httpOnly: given.has("httponly"),
      secure: given.has("secure"),
      sameSite: sameSite === "strict" || sameSite === "none" ? sameSite : "lax",
      path: given.get("path") || "/",
      ...(domain ? { domain } : {}),
      maxAge: Number(given.get("max-age") ?? 0),
    },
  };
}

function splitPair(text: string): string[] {
  const at = text.indexOf("=");
  return (at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]).map((part) => part.trim());
}

/** Formats a header `set-cookie`. */
export function formatSetCookie(name: string, value: string, attributes: CookieAttributes): string {
  const { maxAge, path, domain, secure, httpOnly, sameSite } = attributes;
  return [
    `${name}=${value}`,
    `Max-Age=${maxAge}`,
    `Path=${path}`,
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    ...(secure ? ["Secure"] : []),
    ...(httpOnly ? ["HttpOnly"] : []),
    `SameSite=${sameSite[0]?.toUpperCase()}${sameSite.slice(1)}`,
  ].join("; ");
}
