import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findWorkspace } from "../../names/find-workspace.ts";
import { harmless } from "../../terminal/harmless.ts";
import { askConfirmation } from "../../terminal/prompts.ts";
import { forgetChoice } from "./use.ts";

export function addLeaveWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("leave")
    .description("End your own membership of a workspace: the one named, else the one chosen.")
    .argument("[id-or-name]")
    .option("--yes", "do not ask")
    .addHelpText("after", examples(["projo workspaces leave", 'projo workspaces leave "Acme" --yes']))
    .action(async (idOrName: string | undefined, options: { yes?: boolean }, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const client = server.person();
      const workspace =
        idOrName === undefined
          ? await (await server.workspace()).workspaces.get()
          : await findWorkspace(client, idOrName);
      const agreed =
        options.yes ||
        (await askConfirmation(cli.io, {
          message: `Leave the workspace ${harmless(workspace.name)}? Only an admin of it can let you in again.`,
          instead: `Nobody is here to ask. To leave the workspace ${workspace.name}, add --yes`,
        }));
      if (!agreed) throw new CliError("cli.not_confirmed", `You are still in ${workspace.name}.`);
      const left = await client.workspaces.leave({ workspaceId: workspace.id });
      await forgetChoice(server, workspace.id);
      if (cli.json) cli.value(left);
      else cli.say(`You have left the workspace ${workspace.name}.`);
    });
}
