import type { SessionRecord } from "@projostack/db";
import type { Context } from "../../rpc/context.ts";

/** Ends every session of the caller, including the current one. */
export async function signOutEverywhere({ services, event, cookie }: Context, { user }: SessionRecord) {
  const ended = await services.db.accounts.endSessions(user.id, event("sessions.ended"));
  cookie?.clear();
  return { ended };
}
