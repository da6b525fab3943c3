import { type Client, ProjoError } from "@projostack/sdk";
import { CliError } from "../cli-error.ts";
import { isId } from "./ids.ts";

/** The workspace named beside a service key, which is to be the key's own. */
export async function keyWorkspaceId(client: Client, idOrName: string): Promise<string> {
  // The server refuses an id that is not the key's.
  if (isId(idOrName)) return idOrName;
  const { id, name } = await ownWorkspace(client);
  if (name === idOrName.trim()) return id;
  throw new CliError(
    "cli.workspace_not_found",
    `The service key in PROJO_TOKEN is for the workspace ${name}, not for "${idOrName}". Leave the workspace out: the key brings its own.`,
  );
}

async function ownWorkspace(client: Client) {
  try {
    return await client.workspaces.get();
  } catch (error) {
    if (!(error instanceof ProjoError) || error.reason !== "permission.denied") throw error;
    throw new CliError(
      "cli.workspace_unknown",
      "The service key in PROJO_TOKEN may not read the name of its workspace. Leave the workspace out: the key brings its own.",
    );
  }
}
