import type { Caller } from "../../rpc/caller.ts";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";

/**
 * Only a person whose address is verified sends mail to others, or makes a service key that can. A key may invite as far as its
 * scopes reach: its maker was checked when it was made, and it goes on working when they leave. @throws Failure auth.email_unverified
 */
export function checkInviter({ invitesNeedVerifiedEmail }: Services, caller: Caller): void {
  if (!invitesNeedVerifiedEmail || caller.kind !== "person") return;
  if (caller.user.emailVerifiedAt === null) throw new Failure("auth.email_unverified");
}
