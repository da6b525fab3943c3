import type { Named } from "./pick-by-name.ts";
import type { WorkspaceClient } from "../connection/server.ts";
import { canonicalAddress } from "./canonical-address.ts";
import { isId } from "./ids.ts";
import { pickByName } from "./pick-by-name.ts";

/** Finds the member with this address, or returns an id unchanged: the server checks it. @throws CliError */
export async function findMember(workspace: WorkspaceClient, emailOrId: string): Promise<Named> {
  if (isId(emailOrId)) return { id: emailOrId, name: emailOrId };
  const email = canonicalAddress(emailOrId);
  const members = await workspace.members.list().all({ max: Infinity });
  const found = members
    .filter((member) => member.email === email)
    .map((member) => ({ id: member.userId, name: member.email }));
  return pickByName(found, { noun: "member", name: emailOrId });
}
