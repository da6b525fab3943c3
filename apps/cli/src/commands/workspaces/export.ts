import type { Command } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { createPatiently } from "../../import/patiently.ts";
import { showRows } from "../../terminal/progress.ts";
import { continued } from "../../transfer/continued.ts";
import { openExportDirectory } from "../../transfer/export-directory.ts";
import { exportWorkspace } from "../../transfer/export-workspace.ts";
import type { Manifest } from "../../transfer/manifest.ts";
import { count } from "../count.ts";

export function addExportWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("export")
    .summary("Export all data of the workspace into a directory.")
    .description(
      "Export all data of the workspace into a directory that only you can read: members, invites, service keys, projects, " +
        "tasks and the audit log. It contains no passwords and no tokens. If the command is interrupted, run it again: it continues.",
    )
    .argument("<directory>", "a new or empty directory, or one with an unfinished export")
    .addHelpText("after", examples(["projo workspaces export acme", "projo workspaces import acme"]))
    .action(async (name: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const manifest = await run(cli, name);
      if (cli.json) cli.value({ directory: name, ...manifest });
      else {
        const rows = Object.values(manifest.files).reduce((sum, { lines }) => sum + lines, 0);
        cli.line(`Exported the workspace ${manifest.workspace.name}: ${count(rows, "row")} in ${name}.`);
        cli.message("It was not changed while it was exported.");
      }
    });
}

async function run(cli: Cli, name: string): Promise<Manifest> {
  const server = await cli.server();
  const workspace = await server.workspace();
  const directory = openExportDirectory(cli.io, name);
  const control = new AbortController();
  const { signal } = control;
  const release = cli.io.onInterrupt(() => control.abort());
  const progress = showRows(cli.io);
  let rows = 0;
  try {
    return await exportWorkspace({
      directory,
      workspace,
      server: server.url,
      patiently: createPatiently(cli.message),
      signal,
      message: cli.message,
      onRows: (more) => progress.update((rows += more)),
      now: () => new Date(),
    });
  } catch (error) {
    throw continued(error, cli.io, signal);
  } finally {
    release();
    progress.stop();
  }
}
