import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findWorkspace } from "../../names/find-workspace.ts";
import type { Server } from "../../server.ts";

export function addUseWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("use")
    .description("Choose the workspace that commands act in. Kept on this machine; no other client changes.")
    .argument("<id-or-name>")
    .addHelpText("after", examples(['projo workspaces use "Acme"']))
    .action(async (idOrName: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const workspace = await findWorkspace(server.signedIn(), idOrName);
      if (!(await chooseWorkspace(server, workspace))) {
        throw new CliError(
          "cli.no_store",
          `PROJO_TOKEN is set, and a choice is kept with a stored sign-in. Set PROJO_WORKSPACE=${workspace.id} instead.`,
        );
      }
      if (cli.json) cli.value(workspace);
      else cli.say(`Commands now act in the workspace ${workspace.name} (${workspace.id}).`);
    });
}

/** Keeps the choice beside the stored sign-in. False when there is none: PROJO_TOKEN is somebody of its own. */
export async function chooseWorkspace(
  { stored, tokenFromEnvironment, remember }: Server,
  { id, name }: { id: string; name: string },
): Promise<boolean> {
  if (!stored || tokenFromEnvironment) return false;
  // Another may have signed in here meanwhile: the choice is not theirs.
  await remember((kept) => (kept?.email === stored.email ? { ...kept, workspace: { id, name } } : kept));
  return true;
}

/** Forgets the choice of a workspace that this person is no longer in. */
export async function forgetChoice({ stored, remember }: Server, id: string): Promise<void> {
  if (stored?.workspace?.id !== id) return;
  await remember((kept) => {
    if (kept?.workspace?.id !== id) return kept;
    const { workspace: _, ...others } = kept;
    return others;
  });
}
