import type { Membership } from "@projostack/authz";
import { entryOf, originOf } from "./audit.ts";
import type { Caller } from "./caller.ts";
import type { Context } from "./context.ts";

/** Records the denial in a transaction of its own, because a denied call has none. */
export async function recordDenial(
  ctx: Context,
  { caller, member, path }: { caller: Caller; member: Membership; path: string },
): Promise<void> {
  const { db } = ctx.services;
  const tried = { action: "access.denied", targetType: "operation", targetId: path } as const;
  await db.recordDenial(member.workspaceId, {
    ...entryOf(originOf(ctx, caller, member.workspaceId)),
    ...tried,
  });
}
