import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { chooseWorkspace } from "./use.ts";

export function addCreateWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("create")
    .description("Make a workspace, with you as its admin, and choose it. Prints its id.")
    .argument("<name>")
    .addHelpText("after", examples(['projo workspaces create "Acme"']))
    .action(async (name: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const workspace = await server.signedIn().workspaces.create({ name });
      const chosen = await chooseWorkspace(server, workspace);
      if (cli.json) cli.value(workspace);
      else cli.line(workspace.id);
      cli.say(
        chosen
          ? `Made the workspace ${workspace.name} and chose it. Next: projo projects create NAME`
          : `Made the workspace ${workspace.name}. Next: set PROJO_WORKSPACE=${workspace.id}`,
      );
    });
}
