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
    .summary("Check that no entry was changed, left out, added or moved.")
    .description(
      "Check that no entry was changed, left out, added or moved. Without a file the server checks its log; a file " +
        "that projo audit export wrote is checked here, by its hashes alone and without any server. Ends with 1, and " +
        "says which entry is the first wrong one, when the log is not intact.",
    )
    .argument("[file]", "an export in NDJSON; - reads standard input")
    .option(
      "--key <file>",
      "of a file: the server's public keys (/.well-known/projo-audit-keys.json), or one in PEM",
    )
    .option(
      "--checkpoint <file>",
      "what was saved earlier must still be there; may be given several times",
      add,
      [],
    )
    .option("--after <seq:hash>", "on the server: begin after this entry, where an earlier check ended")
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
          throw usageError("--key is for a file: the server has its keys. Name the file.");
        await verifyOnServer(cli, { after, checkpoints: checkpoint });
        return;
      }
      if (after !== undefined) throw usageError("--after is for the server's log: a file is checked whole.");
      const { workspace } = command.optsWithGlobals<VerifyOptions>();
      await verifyFile(cli, { file, key, checkpoints: checkpoint, workspaceId: workspace });
    });
}

const add = (file: string, files: readonly string[]): string[] => [...files, file];
