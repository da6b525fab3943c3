import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findWorkspace } from "../../names/find-workspace.ts";
import type { Server } from "../../connection/server.ts";
import { sourceOf } from "../../settings/value-source.ts";

export function addUseWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("use")
    .description("Select the workspace for later commands. The selection is stored on this machine only.")
    .argument("<id-or-name>")
    .addHelpText("after", examples(['projo workspaces use "Acme"']))
    .action(async (idOrName: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const workspace = await findWorkspace(server.requireSignIn(), idOrName);
      if (!(await selectWorkspace(server, workspace))) {
        throw new CliError(
          "cli.no_store",
          `PROJO_TOKEN is set, and a selection is stored only with a session. Set PROJO_WORKSPACE=${workspace.id} instead.`,
        );
      }
      if (cli.json) cli.value(workspace);
      else cli.message(`Selected the workspace ${workspace.name} (${workspace.id}).`);
      const variable = "PROJO_WORKSPACE";
      if (cli.io.env[variable])
        cli.message(`${sourceOf(cli.io, variable)} is set and takes precedence over this selection.`);
    });
}

/** Stores the selection with the session. Returns false when no session is stored or PROJO_TOKEN is used instead. */
export async function selectWorkspace(
  { stored, tokenFromEnvironment, updateStored }: Server,
  { id, name }: { id: string; name: string },
): Promise<boolean> {
  if (!stored || tokenFromEnvironment) return false;
  // Do not store the selection for another user who has signed in meanwhile.
  await updateStored((current) =>
    current?.email === stored.email ? { ...current, workspace: { id, name } } : current,
  );
  return true;
}

/** Removes the selection of a workspace to which the user no longer has access. */
export async function clearSelection({ stored, updateStored }: Server, id: string): Promise<void> {
  if (stored?.workspace?.id !== id) return;
  await updateStored((current) => {
    if (current?.workspace?.id !== id) return current;
    const { workspace: _, ...others } = current;
    return others;
  });
}
