import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askForText } from "../choose.ts";
import { askMissing } from "../missing.ts";
import { selectWorkspace } from "./use.ts";

export function addCreateWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("create")
    .alias("new")
    .description("Create a workspace with you as its admin, and select it. Prints its id.")
    .argument("[name]")
    .addHelpText("after", examples(['projo workspaces create "Acme"']))
    .action(async (given: string | undefined, _options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const { name } = await askMissing(
        cli,
        { command, open: async () => server.requireSignIn() },
        { name: [given, askForText(cli, "<name>", "Name of the workspace")] },
      );
      const workspace = await server.requireSignIn().workspaces.create({ name });
      const isSelected = await selectWorkspace(server, workspace);
      if (cli.json) cli.value(workspace);
      else cli.line(workspace.id);
      cli.message(
        isSelected
          ? `Created and selected the workspace ${workspace.name}. Next: projo projects create NAME`
          : `Created the workspace ${workspace.name}. Next: set PROJO_WORKSPACE=${workspace.id}`,
      );
    });
}
