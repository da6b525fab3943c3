import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { writeWhole } from "./out-file.ts";

export function addSaveCheckpoint(audit: Command, start: Start): void {
  audit
    .command("checkpoint")
    .summary("Have the server sign where the audit log ends now.")
    .description(
      "Have the server sign where the audit log ends now. Kept where the database's owner cannot reach it, it shows " +
        "later whether entries up to there were cut off or written anew: projo audit verify --checkpoint FILE",
    )
    .option("--out <file>", "write it to this file")
    .addHelpText("after", examples(["projo audit checkpoint --out 2026-01-31.json"]))
    .action(async ({ out }: { out?: string }, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const checkpoint = await workspace.audit.checkpoint();
      if (out === undefined) {
        cli.value(checkpoint);
        return;
      }
      await writeWhole(cli.io, out, (write) => write(`${JSON.stringify(checkpoint, undefined, 2)}\n`));
      if (cli.json) cli.value({ file: out });
      else cli.say(`Written to ${out}. Keep it away from the server and its database.`);
    });
}
