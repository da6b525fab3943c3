import type { Client, OwnWorkspace } from "@projostack/sdk";
import { readId } from "./ids.ts";
import { pick } from "./pick-by-name.ts";

/** Finds the caller's workspace with this id or name, or with this beginning of its id. @throws CliError when there is none or more than one */
export async function findWorkspace(client: Client, idOrName: string): Promise<OwnWorkspace> {
  return find(client, idOrName, { deleted: false, noun: "workspace" });
}

/** Finds a deleted workspace that the caller may restore, by id or name. @throws CliError */
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
  const workspaces: OwnWorkspace[] = [];
  const id = readId(idOrName);
  for await (const workspace of client.workspaces.list({ deleted })) {
    if (workspace.id === id) return workspace;
    workspaces.push(workspace);
  }
  return pick(workspaces, { noun, name: idOrName, see });
}
