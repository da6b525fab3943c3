import type { Command } from "commander";
import { usageError } from "../../cli-error.ts";
import type { GlobalOptions, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { verifyFile } from "./verify-file.ts";
import { verifyOnServer } from "./verify-on-server.ts";

interface VerifyOptions extends GlobalOptions {
  key?: string;
  checkpoint: string[];
  after?: string;
}

export function addVerifyAudit(audit: Command, start: Start): void {
  audit
    .command("verify")
    .summary("Verify that no entry was changed, removed, added or moved.")
    .description(
      "Verify that no entry was changed, removed, added or moved. Without a file, the server verifies its log. With a " +
        "file of projo audit export, projo verifies the hashes in the file without a server. If the log is not intact, " +
        "the command names the first invalid entry and ends with exit code 1.",
    )
    .argument("[file]", "an export in NDJSON, or - for standard input")
    .option(
      "--key <file>",
      "with a file: the server's public keys (/.well-known/projo-audit-keys.json), or one key in PEM",
    )
    .option(
      "--checkpoint <file>",
      "a checkpoint saved earlier, which the log must still contain; repeatable",
      add,
      [],
    )
    .option(
      "--after <seq:hash>",
      "without a file: start after this entry, where an earlier verification ended",
    )
    .addHelpText(
      "after",
      examples([
        "projo audit verify --checkpoint 2026-01-31.json",
        "projo audit verify audit.ndjson --key projo-audit-keys.json --checkpoint 2026-01-31.json",
      ]),
    )
    .action(async (file: string | undefined, { key, checkpoint, after }: VerifyOptions, command: Command) => {
      const cli = start(command);
      if (file === undefined) {
        if (key !== undefined)
          throw usageError("--key needs a file: the server uses its own keys. Add the file as an argument.");
        await verifyOnServer(cli, { after, checkpoints: checkpoint });
        return;
      }
      if (after !== undefined)
        throw usageError(
          "--after applies to the log on the server only. Omit it: a file is verified as a whole.",
        );
      const { workspace } = command.optsWithGlobals<VerifyOptions>();
      await verifyFile(cli, { file, key, checkpoints: checkpoint, workspaceId: workspace });
    });
}

const add = (file: string, files: readonly string[]): string[] => [...files, file];
