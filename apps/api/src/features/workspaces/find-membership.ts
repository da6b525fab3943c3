import type { Membership } from "@projostack/authz";
import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import { parseRole } from "./parse-role.ts";

export interface MembershipQuery {
  readonly userId: string;
  readonly workspaceId: string;
  /** Whether to look for a deleted workspace. */
  readonly deleted: boolean;
}

/** Finds the user's membership of a workspace that the input names. @throws Failure workspace.not_found */
export async function findMembership(
  { db }: Services,
  { userId, workspaceId, deleted }: MembershipQuery,
): Promise<Membership> {
  const found = await db.readPerson(userId, ({ workspaceMember }) =>
    workspaceMember.findFirst({
      where: { userId, workspaceId, lockedAt: deleted ? { not: null } : null },
      select: { role: true },
    }),
  );
  if (!found) throw new Failure("workspace.not_found");
  return { workspaceId, userId, role: parseRole(found.role) };
}
