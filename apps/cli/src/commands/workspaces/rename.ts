import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";

export function addRenameWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("rename")
    .description("Give the workspace another name.")
    .argument("<name>")
    .addHelpText(
      "after",
      examples(['projo workspaces rename "Acme Ltd"', 'projo workspaces rename "Acme Ltd" --workspace Acme']),
    )
    .action(async (to: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const workspace = await (await server.workspace()).workspaces.rename({ name: to });
      const { id, name } = workspace;
      // The choice goes by the id; the name beside it is for people.
      if (server.stored?.workspace?.id === id) {
        await server.remember((kept) =>
          kept?.workspace?.id === id ? { ...kept, workspace: { id, name } } : kept,
        );
      }
      if (cli.json) cli.value(workspace);
      else cli.say(`The workspace is now named ${name}.`);
    });
}
