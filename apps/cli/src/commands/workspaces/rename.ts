import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askForText } from "../choose.ts";
import { askMissing } from "../missing.ts";

export function addRenameWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("rename")
    .aliases(["edit", "update"])
    .description("Rename the workspace.")
    .argument("[new-name]")
    .addHelpText(
      "after",
      examples(['projo workspaces rename "Acme Ltd"', 'projo workspaces rename "Acme Ltd" --workspace Acme']),
    )
    .action(async (given: string | undefined, _options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const { newName } = await askMissing(
        cli,
        { command, open: () => server.workspace() },
        { newName: [given, askForText(cli, "<new-name>", "New name of the workspace")] },
      );
      const workspace = await (await server.workspace()).workspaces.rename({ name: newName });
      const { id, name } = workspace;
      // The selection uses the id. Update the stored name too, which is for display only.
      if (server.stored?.workspace?.id === id) {
        await server.updateStored((stored) =>
          stored?.workspace?.id === id ? { ...stored, workspace: { id, name } } : stored,
        );
      }
      if (cli.json) cli.value(workspace);
      else cli.message(`The workspace is now named ${name}.`);
    });
}
