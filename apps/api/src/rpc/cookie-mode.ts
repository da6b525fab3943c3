import type { CookieToken } from "../identity/sessions/cookie-sessions.ts";

/** The session cookie of a request in cookie mode, and the one that the answer sets. */
export interface CookieMode {
  /** The value of the cookie; null without one. */
  readonly token: string | null;
  /** Whether the request has several session cookies with different values. */
  readonly isAmbiguous: boolean;
  /** Sets the successor of the cookie. */
  replace(cookie: CookieToken): void;
  /** Deletes the cookie, if the request has one. */
  clear(): void;
  /** Sets the cookie of a new session. */
  start(cookie: CookieToken): void;
}
