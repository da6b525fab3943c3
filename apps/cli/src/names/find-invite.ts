import type { InviteStatus } from "@projostack/sdk";
import type { WorkspaceClient } from "../connection/server.ts";
import { canonicalAddress } from "./canonical-address.ts";
import { isId } from "./ids.ts";
import { type Named, pickByName } from "./pick-by-name.ts";

/** Finds the invite to this address, or returns an id unchanged. An address has at most one pending or expired invite. */
export async function findInvite(
  workspace: WorkspaceClient,
  idOrEmail: string,
  states: readonly InviteStatus[],
): Promise<Named> {
  if (isId(idOrEmail)) return { id: idOrEmail, name: idOrEmail };
  const address = canonicalAddress(idOrEmail);
  for (const status of states) {
    for await (const { id, email } of workspace.invites.list({ status })) {
      if (email === address) return { id, name: email };
    }
  }
  return pickByName([], {
    noun: `${states.join(" or ")} invite`,
    name: idOrEmail,
    see: "projo invites list",
  });
}
