import type { AccountAction } from "@projostack/contract";
import type { AccountEvent, Device, PrefetchRequest } from "@projostack/db";
import type { Log } from "../runtime/log.ts";
import type { Person } from "./caller.ts";
import type { CookieMode } from "./cookie-mode.ts";
import { Failure } from "./failures/failure.ts";
import type { Services } from "./services.ts";

/** Data to read together with the caller. */
export interface CallerQuery {
  /** The requested workspace; null without one, and for a malformed id. */
  readonly workspaceId: string | null;
  readonly prefetch: PrefetchRequest | undefined;
}

interface CookieRequest extends CallerQuery {
  readonly device: Device;
  readonly event: (action: AccountAction) => AccountEvent;
  readonly log: () => Log;
}

/**
 * Finds the user of a session cookie, and sets the successor of the cookie if it is due. @returns null for a cookie that is not
 * valid @throws Failure auth.token_reused
 */
export async function findByCookie(
  { cookieSessions }: Services,
  cookie: CookieMode,
  { workspaceId, prefetch, device, event, log }: CookieRequest,
): Promise<Person | null> {
  if (cookie.token === null) return null;
  const use = { workspaceId, prefetch, device, reuse: () => event("token.reused") };
  const found = await cookieSessions.find(cookie.token, use);
  switch (found.outcome) {
    case "found":
      if (found.successor) cookie.replace(found.successor);
      return { kind: "person", ...found.record };
    case "reused":
      log().warn(
        { sessionId: found.sessionId, userId: found.userId },
        "an old session cookie was used again: its session was ended",
      );
      throw new Failure("auth.token_reused");
    case "ahead":
      log().error(
        { sessionId: found.sessionId },
        "a session cookie is ahead of its session: was a backup restored?",
      );
      return null;
    case "unknown":
      return null;
  }
}
