import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { CliError, usageError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { isServiceKeySet } from "../../credentials/service-key.ts";
import { examples } from "../../examples.ts";
import { importTasks } from "../../import/import-tasks.ts";
import type { Imported } from "../../import/imported.ts";
import { projectIds } from "../../import/project-ids.ts";
import { readTasks } from "../../import/read-tasks.ts";
import { skipSending, createSender } from "../../import/send-batch.ts";
import { findProject } from "../../names/find-project.ts";
import { showProgress } from "../../terminal/progress.ts";

interface ImportOptions {
  project?: string;
  dryRun?: boolean;
}

export function addImportTasks(tasks: Command, start: Start): void {
  tasks
    .command("import")
    .summary("Create a task from each row of a CSV file.")
    .description(
      "Create a task from each row of a CSV file. The first line names the columns: project,title,status. " +
        "Missing projects are created. Running the command again creates no duplicates.",
    )
    .argument("<file>", "a CSV file in UTF-8")
    .option("--project <id-or-name>", "project of rows without a project")
    .option("--dry-run", "check the rows without sending them")
    .addHelpText(
      "after",
      examples(["projo tasks import backlog.csv", "projo tasks import titles.csv --project Website"]),
    )
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const cli = start(command);
      const bytes = await sizeOf(cli, file);
      const imported = await importFile(cli, { file, bytes, options });
      printImported(cli, imported, options.dryRun === true);
      if (imported.refused.length === 0) return;
      throw new CliError(
        "cli.rows_refused",
        "Correct the refused rows, then run the same command again. Tasks that already exist are not changed.",
      );
    });
}

interface Source {
  file: string;
  bytes: number;
  options: ImportOptions;
}

async function importFile(cli: Cli, { file, bytes, options }: Source): Promise<Imported> {
  const target = options.dryRun ? undefined : await openTarget(cli, options.project);
  const rows = readTasks(createReadStream(resolve(cli.io.workingDirectory, file)), {
    name: file,
    project: target?.project ?? options.project,
    warn: cli.message,
  });
  const progress = showProgress(cli.io, cli);
  const control = new AbortController();
  const release = cli.io.onInterrupt(() => control.abort());
  try {
    return await importTasks(rows, {
      signal: control.signal,
      caller: { isServiceKey: isServiceKeySet(cli.io) },
      send: target?.send ?? skipSending,
      update: (atByte, count) => progress.update(bytes === 0 ? 1 : atByte / bytes, count),
    });
  } finally {
    release();
    progress.stop();
  }
}

async function openTarget(cli: Cli, idOrName: string | undefined) {
  const workspace = await (await cli.server()).workspace();
  const project = idOrName === undefined ? undefined : await findProject(workspace, idOrName);
  return { project: project?.name, send: createSender(workspace, projectIds(workspace, project)) };
}

function printImported(cli: Cli, { created, existing, refused, valid }: Imported, dryRun: boolean): void {
  if (cli.json) {
    cli.value(dryRun ? { valid, refused } : { created, existing, refused });
    return;
  }
  const rows = refused.length === 1 ? "1 row" : `${refused.length} rows`;
  const tasks = created === 1 ? "1 task" : `${created} tasks`;
  cli.line(
    dryRun
      ? `${valid === 1 ? "1 row is" : `${valid} rows are`} valid, ${rows} refused. Nothing was sent.`
      : `${tasks} imported, ${existing} already existed, ${rows} refused`,
  );
  for (const { line, field, reason } of refused) cli.line(`line ${line}: ${field}: ${reason}`);
}

async function sizeOf({ io }: Cli, file: string): Promise<number> {
  try {
    const found = await stat(resolve(io.workingDirectory, file));
    if (found.isDirectory()) throw usageError(`${file} is a directory. Use a CSV file.`);
    return found.size;
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw usageError(`The file ${file} does not exist or cannot be read. Check the path.`);
  }
}
