import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findWorkspace } from "../../names/find-workspace.ts";
import { sanitize } from "../../terminal/sanitize.ts";
import { askConfirmation } from "../../terminal/prompts.ts";
import { clearSelection } from "./use.ts";

export function addLeaveWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("leave")
    .description("Leave a workspace (default: the selected one).")
    .argument("[id-or-name]")
    .option("--yes", "do not ask for confirmation")
    .addHelpText("after", examples(["projo workspaces leave", 'projo workspaces leave "Acme" --yes']))
    .action(async (idOrName: string | undefined, options: { yes?: boolean }, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const client = server.requireUser();
      const workspace =
        idOrName === undefined
          ? await (await server.workspace()).workspaces.get()
          : await findWorkspace(client, idOrName);
      const agreed =
        options.yes ||
        (await askConfirmation(cli.io, {
          message: `Leave the workspace ${sanitize(workspace.name)}? Only an admin of it can invite you again.`,
          nonInteractiveHint: `There is no terminal to ask for confirmation. To leave the workspace ${workspace.name}, add --yes`,
        }));
      if (!agreed)
        throw new CliError(
          "cli.not_confirmed",
          `You have not left the workspace ${workspace.name}. To confirm without a prompt, add --yes.`,
        );
      const left = await client.workspaces.leave({ workspaceId: workspace.id });
      await clearSelection(server, workspace.id);
      if (cli.json) cli.value(left);
      else cli.message(`You have left the workspace ${workspace.name}.`);
    });
}
