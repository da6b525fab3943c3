import type { Command } from "commander";
import { usageError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import type { WorkspaceClient } from "../../server.ts";
import { harmless } from "../../terminal/harmless.ts";
import { askText } from "../../terminal/prompts.ts";
import { forgetChoice } from "./use.ts";

interface DeleteOptions {
  yes?: boolean;
  name?: string;
}

export function addDeleteWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("delete")
    .description("Delete the workspace. Nobody gets in any more; for 30 days an admin can restore it.")
    .option("--yes", "do not ask; needs --name")
    .option("--name <name>", "the workspace's name, to show that this one is meant")
    .addHelpText(
      "after",
      examples(["projo workspaces delete", 'projo workspaces delete --workspace Acme --yes --name "Acme"']),
    )
    .action(async (options: DeleteOptions, command: Command) => {
      if (options.yes !== (options.name !== undefined || undefined)) {
        throw usageError("--yes and --name go together: the name shows that this workspace is meant.");
      }
      const cli = start(command);
      const server = await cli.server();
      const workspace = await server.workspace();
      const name = options.name ?? (await askName(cli, workspace));
      // The server compares: it knows the name as it is at that moment.
      const deleted = await workspace.workspaces.delete({ name });
      await forgetChoice(server, deleted.id);
      if (cli.json) cli.value(deleted);
      else {
        cli.say(`Deleted the workspace ${deleted.name}: nobody gets in any more.`);
        cli.say(`For 30 days an admin can undo it: projo workspaces restore ${deleted.id}`);
      }
    });
}

async function askName({ io }: Cli, { workspaces }: WorkspaceClient): Promise<string> {
  const { name } = await workspaces.get();
  return askText(io, {
    message: `This deletes the workspace ${harmless(name)} with all that is in it. Type its name`,
    instead: `Nobody is here to type the name. To delete the workspace ${name}, add --yes --name "${name}"`,
  });
}
