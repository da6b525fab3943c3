import type { SessionRecord } from "@projostack/db";
import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failures/failure.ts";

/** Ends one of the user's sessions. @throws Failure session.not_found, also for a session of another user */
export async function revokeSession(
  { services, event, once, cookie }: Context,
  { user, session }: SessionRecord,
  { id }: { id: string },
) {
  const own = await services.db.system.session.findFirst({
    where: { id, userId: user.id },
    select: { id: true },
  });
  if (!own || !(await services.sessions.end(id, event("session.revoked"), once?.keep({ id }))))
    throw new Failure("session.not_found");
  if (id === session.id) cookie?.clear();
  return { id };
}
