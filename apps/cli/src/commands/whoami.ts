import type { Command } from "commander";
import type { Start } from "../cli.ts";
import { examples } from "../examples.ts";

export function addWhoami(program: Command, start: Start): void {
  program
    .command("whoami")
    .description("Show who is signed in, where, and the workspace chosen.")
    .addHelpText("after", examples(["projo whoami", "projo whoami --json"]))
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const { user } = await server.signedIn().auth.me();
      const id = await server.workspaceId();
      const workspace = id === undefined ? null : await server.client.workspace(id).workspaces.get();
      if (cli.json) {
        cli.value({ url: server.url, user, workspace });
        return;
      }
      cli.line(`${user.email} (${user.id})`);
      cli.line(`Server: ${server.url}`);
      cli.line(
        workspace
          ? `Workspace: ${workspace.name} (${workspace.id}), as ${workspace.role}`
          : "Workspace: none chosen. Run: projo workspaces use NAME",
      );
    });
}
