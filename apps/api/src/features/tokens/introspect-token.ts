import { can, type Permission } from "@projostack/authz";
import { Failure } from "../../rpc/failures/failure.ts";
import type { GrantedContext } from "../../rpc/procedures.ts";

export interface IntrospectToken {
  readonly token: string;
  readonly permission: Permission;
}

/**
 * Returns the user of an access token and the user's role in the workspace of the calling key, modelled on RFC 7662. A
 * token of a user who is not a member there gets the same response as an invalid token.
 * @throws Failure limit.exceeded instead of an inactive response, after too many of them
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
