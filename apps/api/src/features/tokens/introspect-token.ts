import { can, type Permission } from "@projostack/authz";
import { Failure } from "../../rpc/failure.ts";
import type { GrantedContext } from "../../rpc/procedures.ts";

export interface IntrospectToken {
  readonly token: string;
  readonly permission: Permission;
}

/**
 * Whose access token it is, in the workspace of the key that asks. A token of somebody who is no member there is told
 * from a wrong one by nothing. After RFC 7662. @throws Failure limit.exceeded, in the place of too many inactive answers
 */
export async function introspectToken(
  { services, grant, device }: GrantedContext<"token:introspect">,
  { token, permission }: IntrospectToken,
) {
  const { sessions, refusedCredentials } = services;
  const { workspaceId } = grant;
  const found = await sessions.find(token, workspaceId);
  if (!found?.membership) {
    const retryAfterSeconds = await refusedCredentials.countInactive(device.ip);
    if (retryAfterSeconds !== null) throw new Failure("limit.exceeded", { retryAfterSeconds });
    return { active: false, allowed: false, user: null, workspaceId: null, role: null };
  }
  const { role } = found.membership;
  const { id, email } = found.user;
  return { active: true, allowed: can(role, permission), user: { id, email }, workspaceId, role };
}
