import { type Client, ProjoError } from "@projostack/sdk";
import { CliError } from "../cli-error.ts";
import { readId } from "./ids.ts";
import { withName } from "./with-name.ts";

/** Returns the id of the workspace that is named together with a service key. It must be the key's own. @throws CliError */
export async function keyWorkspaceId(client: Client, idOrName: string): Promise<string> {
  // The server refuses the id of another workspace.
  const named = readId(idOrName);
  if (named !== undefined) return named;
  const workspace = await ownWorkspace(client);
  const { id, name } = workspace;
  if (withName([workspace], idOrName).length > 0) return id;
  throw new CliError(
    "cli.workspace_not_found",
    `The service key in PROJO_TOKEN belongs to the workspace ${name}, not to "${idOrName}". Omit the workspace: a key always acts in its own.`,
  );
}

async function ownWorkspace(client: Client) {
  try {
    return await client.workspaces.get();
  } catch (error) {
    if (!(error instanceof ProjoError) || error.reason !== "permission.denied") throw error;
    throw new CliError(
      "cli.workspace_unknown",
      "The service key in PROJO_TOKEN may not read the name of its workspace. Omit the workspace: a key always acts in its own.",
    );
  }
}
