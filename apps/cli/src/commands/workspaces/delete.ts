import type { CountedWorkspace } from "@projostack/sdk";
import type { Command } from "commander";
import { usageError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import type { Io } from "../../io.ts";
import { examples } from "../../examples.ts";
import { sanitize } from "../../terminal/sanitize.ts";
import { askText } from "../../terminal/prompts.ts";
import { openExportDirectory } from "../../transfer/export-directory.ts";
import { readManifest } from "../../transfer/manifest.ts";
import { contentOf, getCounted, workspaceOf } from "./get-counted.ts";
import { clearSelection } from "./use.ts";

interface DeleteOptions {
  yes?: boolean;
  name?: string;
  unchangedSince?: string;
}

export function addDeleteWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("delete")
    .alias("rm")
    .description("Delete the workspace: all members lose access. An admin can restore it for 30 days.")
    .argument("[id-or-name]", "default: the selected workspace")
    .option("--yes", "do not ask for confirmation; requires --name")
    .option("--name <name>", "name of the workspace, as confirmation")
    .option("--unchanged-since <directory>", "delete it only if it is as in this export")
    .addHelpText(
      "after",
      examples([
        "projo workspaces delete",
        'projo workspaces delete Acme --yes --name "Acme"',
        "projo workspaces delete --unchanged-since acme",
      ]),
    )
    .action(async (idOrName: string | undefined, options: DeleteOptions, command: Command) => {
      if (options.yes !== (options.name !== undefined || undefined)) {
        throw usageError("Use --yes and --name together: the name confirms which workspace to delete.");
      }
      const cli = start(command);
      const server = await cli.server();
      const workspace = await workspaceOf(server, idOrName);
      const fingerprint = await fingerprintIn(cli.io, options.unchangedSince);
      const counted = await getCounted(workspace);
      const name = options.name ?? (await askName(cli, counted));
      // The server compares the name, because it knows the current one.
      const deleted = await workspace.workspaces.delete({ name, fingerprint });
      await clearSelection(server, deleted.id);
      if (cli.json) cli.value({ ...deleted, ...(counted.counts && { counts: counted.counts }) });
      else {
        const content = contentOf(counted);
        const words = content === undefined ? "" : ` with ${content}`;
        cli.message(`Deleted the workspace ${deleted.name}${words}. All members have lost access.`);
        cli.message(`An admin can restore it for 30 days: projo workspaces restore ${deleted.id}`);
      }
    });
}

async function fingerprintIn(io: Io, directory: string | undefined): Promise<string | undefined> {
  if (directory === undefined) return undefined;
  return (await readManifest(openExportDirectory(io, directory))).fingerprint;
}

function askName({ io }: Cli, workspace: CountedWorkspace): Promise<string> {
  const { name } = workspace;
  return askText(io, {
    message: `This deletes the workspace ${sanitize(name)} with ${contentOf(workspace) ?? "all its data"}. Type its name to confirm`,
    nonInteractiveHint: `There is no terminal to ask for confirmation. To delete the workspace ${name}, add --yes --name "${name}"`,
  });
}
