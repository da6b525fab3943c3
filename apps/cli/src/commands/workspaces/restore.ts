import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findDeletedWorkspace } from "../../names/find-workspace.ts";

export function addRestoreWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("restore")
    .description("Restore a workspace that was deleted in the last 30 days. For its admins.")
    .argument("<id-or-name>", "see: projo workspaces list --deleted")
    .addHelpText("after", examples(['projo workspaces restore "Acme"']))
    .action(async (idOrName: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const client = (await cli.server()).requireUser();
      const { id } = await findDeletedWorkspace(client, idOrName);
      const restored = await client.workspaces.restore({ workspaceId: id });
      if (cli.json) cli.value(restored);
      else
        cli.message(
          `Restored the workspace ${restored.name} with all its data. Next: projo workspaces use ${id}`,
        );
    });
}
