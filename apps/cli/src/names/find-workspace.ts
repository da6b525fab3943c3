import type { Client, OwnWorkspace } from "@projostack/sdk";
import { pickNamed } from "./pick-named.ts";

/** The caller's workspace with this id or exact name. */
export async function findWorkspace(client: Client, idOrName: string): Promise<OwnWorkspace> {
  const named: OwnWorkspace[] = [];
  for await (const workspace of client.workspaces.list({ limit: 100 })) {
    if (workspace.id === idOrName) return workspace;
    if (workspace.name === idOrName.trim()) named.push(workspace);
  }
  return pickNamed(named, { noun: "workspace", name: idOrName });
}
