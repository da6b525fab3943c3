import { resolve } from "node:path";
import type { Command } from "commander";
import { CliError, usageError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { compareExports, type Export } from "../../transfer/compare-exports.ts";
import { openExportDirectory } from "../../transfer/export-directory.ts";
import { readManifest, verifyFiles } from "../../transfer/manifest.ts";
import type { Io } from "../../io.ts";

export function addCompareWorkspaces(workspaces: Command, start: Start): void {
  workspaces
    .command("compare")
    .summary("Compare the exports of a workspace before and after an import.")
    .description(
      "Compare two exports, without a server: of a workspace, and of the workspace into which it was imported. They are " +
        "equal if they differ only in ids, in the times at which people joined, and in new entries of the audit log.",
    )
    .argument("<before>", "the directory of the export that was imported")
    .argument("<after>", "the directory of an export after the import")
    .addHelpText("after", examples(["projo workspaces compare acme acme-moved"]))
    .action(async (before: string, after: string, _options: unknown, command: Command) => {
      const cli = start(command);
      if (resolve(cli.io.workingDirectory, before) === resolve(cli.io.workingDirectory, after))
        throw usageError(`Both arguments name the directory ${before}. Name two exports.`);
      const differences = await compareExports(await open(cli.io, before), await open(cli.io, after));
      if (cli.json) cli.value({ equal: differences.length === 0, differences });
      else
        for (const { file, line, message } of differences)
          cli.line(line === 0 ? `${file}: ${message}` : `${file}, line ${line}: ${message}`);
      if (differences.length > 0)
        throw new CliError(
          "cli.exports_differ",
          `${after} is not equal to ${before}. See the differences above.`,
        );
      cli.message("The exports are equal.");
    });
}

async function open(io: Io, name: string): Promise<Export> {
  const directory = openExportDirectory(io, name);
  const manifest = await readManifest(directory);
  await verifyFiles(directory, manifest);
  return { directory, manifest };
}
