// Cookie mode: a request with `x-session: cookie` uses the session cookie. Without this header the server ignores cookies. A page
// of another origin can send the header only after a preflight, so a form, an image or a link never uses the cookie.
import type { IncomingHttpHeaders } from "node:http";
import { Failure } from "../rpc/failures/failure.ts";
import type { CookieMode } from "../rpc/cookie-mode.ts";
import { securityEvents, type SecurityEvent } from "../rpc/checks/security-events.ts";
import type { Address } from "../runtime/address.ts";
import type { Services } from "../rpc/services.ts";
import { answerHeaders } from "./answer.ts";
import { readCookie } from "../cookies/read-cookie.ts";

/**
 * Checks the headers of a request before any work. @returns whether the request is in cookie mode
 * @throws Failure session.mode_invalid, request.cross_site
 */
export function checkCookieMode({ isTrustedRequest }: Services, headers: IncomingHttpHeaders): boolean {
  const mode = headers["x-session"];
  if (mode === undefined) return false;
  if (mode !== "cookie") throw Failure.because("session.mode_invalid", "value", {});
  if (headers.authorization !== undefined) throw Failure.because("session.mode_invalid", "authorization", {});
  if (!isTrustedRequest(headers)) throw new Failure("request.cross_site");
  return true;
}

/** Logs the security event of a request that a page of a foreign origin sent. */
export function logRefusedOrigin({ log, observer }: Services, facts: RefusedRequest): void {
  observer.securityEvent("origin.refused");
  const event: SecurityEvent = "origin.refused";
  log.warn({ event, ...facts }, securityEvents[event]);
}

interface RefusedRequest {
  readonly requestId: string;
  readonly ip: Address;
  /** The part of the path after `/trpc/`. */
  readonly operation: string;
}

/** Creates the cookie mode of a request that `checkCookieMode` accepted. */
export function cookieModeOf(
  { sessionCookie }: Services,
  headers: IncomingHttpHeaders,
  setHeader: (name: string, value: string) => void,
): CookieMode {
  const sent = readCookie(headers.cookie, sessionCookie.name);
  let rank = 0;
  // The calls of a batch share one cookie. A new session takes precedence over an ended one, and that over a successor.
  const write = (value: string, newRank: number) => {
    if (newRank < rank) return;
    rank = newRank;
    setHeader("set-cookie", value);
  };
  return {
    token: typeof sent === "string" ? null : sent.value,
    isAmbiguous: sent === "several",
    replace: (cookie) => write(sessionCookie.set(cookie), 1),
    clear: () => {
      if (sent !== "none") write(sessionCookie.clear, 2);
    },
    start: (cookie) => write(sessionCookie.set(cookie), 3),
  };
}

/** Returns the failure of a request that `checkCookieMode` refuses; null for any other request. */
export function cookieModeFailure(services: Services, headers: IncomingHttpHeaders): Failure | null {
  // Few requests have the header.
  if (headers["x-session"] === undefined) return null;
  try {
    checkCookieMode(services, headers);
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** The value of `vary` in cookie mode. */
export const VARY_IN_COOKIE_MODE = `${answerHeaders.vary}, x-session, cookie, origin`;
