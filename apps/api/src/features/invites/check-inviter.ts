import type { Caller } from "../../rpc/caller.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";

/**
 * Checks that a person has a verified email address before they invite others or create a service key that can invite. A
 * service key needs no check: its creator was checked when the key was created. @throws Failure auth.email_unverified
 */
export function checkInviter({ invitesNeedVerifiedEmail }: Services, caller: Caller): void {
  if (!invitesNeedVerifiedEmail || caller.kind !== "person") return;
  if (caller.user.emailVerifiedAt === null) throw new Failure("auth.email_unverified");
}
