import { isReason } from "@projostack/sdk";
import type { WorkspaceClient } from "../connection/server.ts";
import { findMember } from "./find-member.ts";
import { readId } from "./ids.ts";
import type { Named } from "./named.ts";
import { pick } from "./pick-by-name.ts";

/** The filter of the audit log for one actor. */
export type Actor = { readonly actorUserId: string } | { readonly actorKeyId: string };

/**
 * Finds a member by the address, by the id or by `me`, or a service key by the id or the name. A key is also found if it is revoked.
 * The table writes `key:ci` for a key, and `user:ID` for a former member, whose whole id is enough. @throws CliError
 */
export async function findActor(workspace: WorkspaceClient, text: string): Promise<Actor> {
  const [, kind, name = text] = /^(user|key):(.+)$/s.exec(text) ?? [];
  const isUser = kind === "user" || name.includes("@") || name.trim().toLowerCase() === "me";
  if (isUser) return { actorUserId: (await findMember(workspace, name)).id };
  const keys = await keysOf(workspace);
  const id = readId(name);
  if (id !== undefined && kind === undefined)
    return keys.some((key) => key.id === id) ? { actorKeyId: id } : { actorUserId: id };
  const members = kind === "key" ? [] : await membersOf(workspace);
  const found = pick([...members, ...keys], { noun: "actor", name, see: SEE });
  return keys.includes(found) ? { actorKeyId: found.id } : { actorUserId: found.id };
}

const SEE = "projo members list, or: projo keys list";

const membersOf = async ({ members }: WorkspaceClient): Promise<Named[]> =>
  (await members.list().all({ max: Infinity })).map(({ userId, email }) => ({ id: userId, name: email }));

/** A service key that may read the log needs no permission to list the keys. */
async function keysOf({ serviceKeys }: WorkspaceClient): Promise<Named[]> {
  try {
    return await serviceKeys.list().all({ max: Infinity });
  } catch (error) {
    if (isReason(error, "permission.denied")) return [];
    throw error;
  }
}
