import type { Named } from "./pick-named.ts";
import type { WorkspaceClient } from "../server.ts";
import { isId } from "./ids.ts";
import { pickNamed } from "./pick-named.ts";

/** The member with this address, or the id as it is: the server knows whether it is one's. */
export async function findMember(workspace: WorkspaceClient, emailOrId: string): Promise<Named> {
  if (isId(emailOrId)) return { id: emailOrId, name: emailOrId };
  const email = emailOrId.trim().toLowerCase();
  const found: Named[] = [];
  for await (const member of workspace.members.list({ limit: 100 })) {
    if (member.email === email) found.push({ id: member.userId, name: member.email });
  }
  return pickNamed(found, { noun: "member", name: emailOrId });
}
