import type { Command } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { createPatiently, type Patiently } from "../../import/patiently.ts";
import type { WorkspaceClient } from "../../connection/server.ts";
import { showRows } from "../../terminal/progress.ts";
import { continued } from "../../transfer/continued.ts";
import { openExportDirectory, type ExportDirectory } from "../../transfer/export-directory.ts";
import { checkLines, lineCounts } from "../../transfer/import-lines.ts";
import { importWorkspace, type Finished } from "../../transfer/import-workspace.ts";
import { otherFiles, readManifest, verifyFiles, type ReadManifest } from "../../transfer/manifest.ts";
import { count, joinWords } from "../count.ts";

interface ImportOptions {
  dryRun?: boolean;
  sendInvites?: boolean;
}

export function addImportWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("import")
    .summary("Import an exported workspace into an empty one.")
    .description(
      "Import an exported workspace into the selected workspace, which must be empty. The files are checked first. If the " +
        "command is interrupted, run it again: it continues. Run it again later too: it assigns tasks to people who have joined.",
    )
    .argument("<directory>", "the directory of a complete export")
    .option("--dry-run", "check the files, and import nothing")
    .option("--send-invites", "mail the open invites, also those of the members of the exported workspace")
    .addHelpText(
      "after",
      examples([
        "projo workspaces import acme --dry-run",
        'projo workspaces create "Acme"',
        "projo workspaces import acme --send-invites",
      ]),
    )
    .action(async (name: string, options: ImportOptions, command: Command) => {
      const cli = start(command);
      const directory = openExportDirectory(cli.io, name);
      const manifest = await readManifest(directory);
      await verifyFiles(directory, manifest);
      await checkLines(directory, manifest);
      const others = await otherFiles(directory, manifest);
      if (others.length > 0)
        cli.message(`Not part of the export, and not imported: ${joinWords(shortened(others))}.`);
      if (options.dryRun) {
        printDryRun(cli, name, manifest);
        return;
      }
      await run(cli, { directory, manifest, sendsInvites: options.sendInvites === true });
    });
}

const MOST_NAMES = 5;

const shortened = (names: readonly string[]): readonly string[] =>
  names.length > MOST_NAMES
    ? [...names.slice(0, MOST_NAMES), count(names.length - MOST_NAMES, "other")]
    : names;

function printDryRun(cli: Cli, name: string, manifest: ReadManifest): void {
  const rows = lineCounts(manifest);
  if (cli.json) cli.value({ directory: name, workspace: manifest.workspace, rows });
  else {
    cli.line(
      `${name} contains the workspace ${manifest.workspace.name}, exported at ${manifest.exportedAt}.`,
    );
    cli.line(`Content: ${contentOf(rows)}`);
    cli.message("The files are complete and unchanged. Nothing was imported.");
  }
}

interface Import {
  directory: ExportDirectory;
  manifest: ReadManifest;
  sendsInvites: boolean;
}

async function run(cli: Cli, { directory, manifest, sendsInvites }: Import): Promise<void> {
  const workspace = await (await cli.server()).workspace();
  const control = new AbortController();
  const { signal } = control;
  const release = cli.io.onInterrupt(() => control.abort());
  const progress = showRows(cli.io);
  const patiently = createPatiently(cli.message);
  let lines = 0;
  try {
    const finished = await importWorkspace({
      directory,
      manifest,
      workspace,
      patiently,
      signal,
      message: cli.message,
      onLines: (more) => progress.update((lines += more)),
    });
    progress.stop();
    const sent = sendsInvites ? await sendInvites(workspace, patiently, signal) : 0;
    print(cli, { finished, manifest, sent });
  } catch (error) {
    throw continued(error, cli.io, signal);
  } finally {
    release();
    progress.stop();
  }
}

async function sendInvites(
  workspace: WorkspaceClient,
  patiently: Patiently,
  signal: AbortSignal,
): Promise<number> {
  const open: string[] = [];
  for (const status of ["pending", "expired"] as const)
    for await (const { id, mailStatus } of workspace.invites.list({ status, limit: 100 }))
      if (mailStatus === null) open.push(id);
  for (const id of open) await patiently(() => workspace.invites.resend({ id }, { signal }), signal);
  return open.length;
}

interface Result {
  finished: Finished;
  manifest: ReadManifest;
  sent: number;
}

function print(cli: Cli, { finished, manifest, sent }: Result): void {
  const rows = lineCounts(manifest);
  if (cli.json) {
    cli.value({ workspace: manifest.workspace, rows, ...finished, sentInvites: sent });
    return;
  }
  const { invites, serviceKeys, assigned, waiting } = finished;
  cli.line(
    `Imported the workspace ${manifest.workspace.name}: ${count(rows.projects, "project")}, ${count(rows.tasks, "task")} and ${count(rows.history, "line")} of audit logs.`,
  );
  if (assigned > 0)
    cli.message(
      `${count(assigned, "row")} now ${assigned === 1 ? "belongs" : "belong"} to people who have joined.`,
    );
  if (sent > 0) cli.message(`Mailed ${count(sent, "invite")}.`);
  else if (invites > 0)
    cli.message(`Invites not mailed yet: ${invites}. To mail them, add --send-invites to the same command.`);
  if (waiting > 0)
    cli.message(`Members not joined yet: ${waiting}. When they have joined, run the same command again.`);
  if (serviceKeys > 0)
    cli.message(
      `Service keys without a token: ${serviceKeys}. For each, run: projo keys rotate NAME --overlap-hours 0`,
    );
}

/** Formats the number of lines of each file: `2 members, 1 invite, ...`. */
function contentOf({ members, invites, serviceKeys, projects, tasks, history }: Rows): string {
  return joinWords([
    count(members, "member"),
    count(invites, "invite"),
    count(serviceKeys, "service key"),
    count(projects, "project"),
    count(tasks, "task"),
    `${count(history, "line")} of audit logs`,
  ]);
}

type Rows = ReturnType<typeof lineCounts>;
