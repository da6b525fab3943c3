import { can, type Grant, type Permission } from "@projostack/authz";
import type { Services } from "../../rpc/services.ts";

export interface IntrospectToken {
  readonly token: string;
  readonly permission: Permission;
}

/**
 * Whose access token it is, in the workspace of the key that asks. A token of somebody who is no member there is told
 * from a wrong one by nothing. After RFC 7662.
 */
export async function introspectToken(
  { sessions }: Services,
  { workspaceId }: Grant<"token:introspect">,
  { token, permission }: IntrospectToken,
) {
  const found = await sessions.find(token, workspaceId);
  if (!found?.membership) return { active: false, allowed: false, user: null, workspaceId: null, role: null };
  const { role } = found.membership;
  const { id, email } = found.user;
  return { active: true, allowed: can(role, permission), user: { id, email }, workspaceId, role };
}
