import type { Account } from "./credentials.ts";

/**
 * Returns the time at which the server ends the session at the latest, if it is not refreshed again; undefined when it is unknown. The
 * server ends it earlier when the session has reached its longest duration.
 */
export function sessionEnd({ session, sessionIdleSeconds }: Account): Date | undefined {
  const accessEnd = Date.parse(session?.accessTokenExpiresAt ?? "");
  if (Number.isNaN(accessEnd) || sessionIdleSeconds === undefined) return undefined;
  // The last refresh was before the end of its access token.
  return new Date(accessEnd + sessionIdleSeconds * 1000);
}
