import type { Client, OwnWorkspace } from "@projostack/sdk";
import { pickNamed } from "./pick-named.ts";

/** The caller's workspace with this id or exact name. */
export async function findWorkspace(client: Client, idOrName: string): Promise<OwnWorkspace> {
  return find(client, idOrName, { deleted: false, noun: "workspace" });
}

/** The one among those that the caller may restore. */
export async function findDeletedWorkspace(client: Client, idOrName: string): Promise<OwnWorkspace> {
  return find(client, idOrName, {
    deleted: true,
    noun: "deleted workspace",
    see: "projo workspaces list --deleted",
  });
}

interface Among {
  deleted: boolean;
  noun: string;
  see?: string;
}

async function find(client: Client, idOrName: string, { deleted, noun, see }: Among): Promise<OwnWorkspace> {
  const named: OwnWorkspace[] = [];
  for await (const workspace of client.workspaces.list({ limit: 100, deleted })) {
    if (workspace.id === idOrName) return workspace;
    if (workspace.name === idOrName.trim()) named.push(workspace);
  }
  return pickNamed(named, { noun, name: idOrName, see });
}
