import type { Client, Invite, InviteStatus } from "@projostack/sdk";
import { usageError } from "../cli-error.ts";
import type { WorkspaceClient } from "../connection/server.ts";
import { canonicalAddress } from "./canonical-address.ts";
import { readId, readIdPrefix, withIdPrefix } from "./ids.ts";
import type { Named } from "./named.ts";
import { pickByName, pickByPrefix } from "./pick-by-name.ts";

/**
 * Finds the invite to this address, or with this beginning of its id. Returns a whole id without a request: the server checks it. An
 * address has at most one pending or expired invite.
 */
export async function findInvite(
  workspace: WorkspaceClient,
  idOrEmail: string,
  states: readonly InviteStatus[],
): Promise<Named> {
  const id = readId(idOrEmail);
  if (id !== undefined) return { id, name: id };
  const noun = `${states.join(" or ")} invite`;
  const address = canonicalAddress(idOrEmail);
  const others: Named[] = [];
  for (const status of states) {
    for await (const { id: inviteId, email } of workspace.invites.list({ status })) {
      if (email === address) return { id: inviteId, name: email };
      others.push({ id: inviteId, name: email });
    }
  }
  const names = others.map(({ name }) => name);
  return pickByPrefix(withIdPrefix(others, idOrEmail), {
    noun,
    name: idOrEmail,
    see: "projo invites list",
    names,
  });
}

/** Returns the invite with this id, or the newest one to this address, whatever its status. @throws CliError */
export async function getInvite(workspace: WorkspaceClient, idOrEmail: string): Promise<Invite> {
  const invites = (await workspace.invites.list().all({ max: Infinity })).map((invite) => ({
    invite,
    id: invite.id,
    name: invite.email,
  }));
  const [id, address] = [readId(idOrEmail), canonicalAddress(idOrEmail)];
  const lookup = { noun: "invite", name: idOrEmail, names: invites.map(({ name }) => name) };
  const found = invites.find((one) => (id === undefined ? one.name === address : one.id === id));
  if (found) return found.invite;
  if (id !== undefined) return pickByName<(typeof invites)[number]>([], lookup).invite;
  return pickByPrefix(withIdPrefix(invites, idOrEmail), lookup).invite;
}

/**
 * Returns the id of the pending invite to the caller that begins with this text. Returns a whole id without a request: the server
 * checks it. Does not print a text that is no id, because it may be a token. @throws CliError
 */
export async function findOwnInvite(client: Client, text: string): Promise<string> {
  const id = readId(text);
  if (id !== undefined) return id;
  if (readIdPrefix(text) === undefined)
    throw usageError(
      "This is not the id of an invite. See: projo invites mine. To use the token or the link, run: projo invites decline",
    );
  const invites = await client.invites.listMine().all({ max: Infinity });
  const named = invites.map((invite) => ({ id: invite.id, name: invite.workspaceName }));
  const lookup = { noun: "pending invite", name: text, see: "projo invites mine" };
  return pickByPrefix(withIdPrefix(named, text), lookup).id;
}
