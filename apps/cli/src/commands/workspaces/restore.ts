import type { Client } from "@projostack/sdk";
import type { Command } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findDeletedWorkspace } from "../../names/find-workspace.ts";
import { askForOne } from "../choose.ts";
import { askMissing } from "../missing.ts";

export function addRestoreWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("restore")
    .description("Restore a workspace that was deleted in the last 30 days. For its admins.")
    .argument("[id-or-name]", "see: projo workspaces list --deleted")
    .addHelpText("after", examples(['projo workspaces restore "Acme"']))
    .action(async (given: string | undefined, _options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const open = async () => server.requireUser();
      const { idOrName } = await askMissing(
        cli,
        { command, open },
        { idOrName: [given, askForDeleted(cli)] },
      );
      const client = await open();
      const { id } = await findDeletedWorkspace(client, idOrName);
      const restored = await client.workspaces.restore({ workspaceId: id });
      if (cli.json) cli.value(restored);
      else
        cli.message(
          `Restored the workspace ${restored.name} with all its data. Next: projo workspaces use ${id}`,
        );
    });
}

const askForDeleted = (cli: Cli) =>
  askForOne(cli, {
    term: "<id-or-name>",
    message: "Which workspace?",
    none: "There is no deleted workspace to restore.",
    choices: async ({ workspaces }: Client) =>
      (await workspaces.list({ deleted: true, limit: 50 })).items.map(({ id, name, deletedAt }) => ({
        value: id,
        label: `${name} (deleted ${deletedAt?.slice(0, 10) ?? ""})`,
      })),
  });
