import type { Named } from "./named.ts";
import type { WorkspaceClient } from "../connection/server.ts";
import { canonicalAddress } from "./canonical-address.ts";
import { readId, readIdPrefix, withIdPrefix } from "./ids.ts";
import { pickByName, pickByPrefix } from "./pick-by-name.ts";

/**
 * Finds the user id of a member by the address, by the beginning of the id, or of the caller by `me`. Returns a whole id without
 * a request: the server checks it. @throws CliError
 */
export async function findMember(workspace: WorkspaceClient, text: string): Promise<Named> {
  const id = readId(text);
  if (id !== undefined) return { id, name: id };
  if (text.trim().toLowerCase() === "me") {
    const { user } = await workspace.auth.me();
    return { id: user.id, name: user.email };
  }
  const email = canonicalAddress(text);
  const members = (await workspace.members.list().all({ max: Infinity })).map((member) => ({
    id: member.userId,
    name: member.email,
  }));
  const lookup = { noun: "member", name: text, names: members.map(({ name }) => name) };
  const found = members.filter(({ name }) => name === email);
  if (found.length > 0 || readIdPrefix(text) === undefined) return pickByName(found, lookup);
  return pickByPrefix(withIdPrefix(members, text), lookup);
}
