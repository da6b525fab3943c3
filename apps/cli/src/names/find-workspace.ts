import type { Client, OwnWorkspace } from "@projostack/sdk";
import { pickByName } from "./pick-by-name.ts";

/** Finds the caller's workspace with this id or exact name. @throws CliError when there is none or more than one */
export async function findWorkspace(client: Client, idOrName: string): Promise<OwnWorkspace> {
  return find(client, idOrName, { deleted: false, noun: "workspace" });
}

/** Finds a deleted workspace that the caller may restore, by id or exact name. @throws CliError */
export async function findDeletedWorkspace(client: Client, idOrName: string): Promise<OwnWorkspace> {
  return find(client, idOrName, {
    deleted: true,
    noun: "deleted workspace",
    see: "projo workspaces list --deleted",
  });
}

interface Search {
  deleted: boolean;
  noun: string;
  see?: string;
}

async function find(client: Client, idOrName: string, { deleted, noun, see }: Search): Promise<OwnWorkspace> {
  const named: OwnWorkspace[] = [];
  for await (const workspace of client.workspaces.list({ limit: 100, deleted })) {
    if (workspace.id === idOrName) return workspace;
    if (workspace.name === idOrName.trim()) named.push(workspace);
  }
  return pickByName(named, { noun, name: idOrName, see });
}
