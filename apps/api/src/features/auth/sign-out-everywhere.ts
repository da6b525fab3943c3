import type { SessionRecord } from "@projostack/db";
import type { Context } from "../../rpc/context.ts";

/** Ends every session of the caller, including the current one. */
export async function signOutEverywhere({ services, event }: Context, { user }: SessionRecord) {
  return { ended: await services.db.accounts.endSessions(user.id, event("sessions.ended")) };
}
