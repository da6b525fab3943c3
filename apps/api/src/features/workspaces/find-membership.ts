import type { Membership } from "@projostack/authz";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";
import { parseRole } from "./parse-role.ts";

export interface MembershipQuery {
  readonly userId: string;
  readonly workspaceId: string;
  /** Whether the workspace is to be a deleted one. */
  readonly deleted: boolean;
}

/** The person's place in a workspace that is not the request's. @throws Failure workspace.not_found */
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
