import type { Client, OwnWorkspace } from "@projostack/sdk";

/** Returns the workspace of a user who is a member of exactly one. */
export async function onlyWorkspace(client: Client): Promise<OwnWorkspace | undefined> {
  const { items } = await client.workspaces.list({ limit: 2 });
  return items.length === 1 ? items[0] : undefined;
}
