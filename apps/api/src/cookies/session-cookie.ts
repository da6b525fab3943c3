// The session cookie: its name and attributes.
import type { Config } from "../config/settings.ts";
import { isLoopback } from "../config/is-loopback.ts";
import type { CookieToken } from "../identity/sessions/cookie-sessions.ts";

export interface SessionCookie {
  readonly name: string;
  /** A header value that sets the cookie. */
  set(cookie: CookieToken): string;
  /** A header value that deletes the cookie. */
  readonly clear: string;
}

/**
 * The prefix `__Host-` binds a cookie to its host: no other host, no other path and no unencrypted page can set it. A cookie
 * that several hosts share has `__Secure-` instead. Plain HTTP on this machine permits neither.
 */
export function createSessionCookie(
  config: Pick<Config, "appUrl" | "cookieDomain" | "isLocal">,
): SessionCookie {
  const { cookieDomain } = config;
  const isSecure = !isPlainLoopback(config);
  const prefix = isSecure ? (cookieDomain === null ? "__Host-" : "__Secure-") : "";
  const name = `${prefix}projo_session`;
  const attributes = [
    "Path=/",
    ...(isSecure ? ["Secure"] : []),
    "HttpOnly",
    "SameSite=Lax",
    ...(cookieDomain === null ? [] : [`Domain=${cookieDomain}`]),
  ].join("; ");
  const format = (value: string, maxAgeSeconds: number) =>
    `${name}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`;
  return {
    name,
    set: ({ token, maxAgeSeconds }) => format(token, maxAgeSeconds),
    clear: format("", 0),
  };
}

/** Whether the application is reached by plain HTTP on this machine. */
function isPlainLoopback({ appUrl, isLocal }: Pick<Config, "appUrl" | "isLocal">): boolean {
  if (appUrl === null) return isLocal;
  const { protocol, hostname } = new URL(appUrl);
  return protocol === "http:" && isLoopback(hostname);
}
