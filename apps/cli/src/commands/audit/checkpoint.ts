import type { Command } from "commander";
import { type Checkpoint, pointOf } from "../../audit/checkpoint.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { writeAtomically } from "./out-file.ts";

export function addSaveCheckpoint(audit: Command, start: Start): void {
  audit
    .command("checkpoint")
    .summary("Create a signed checkpoint of the current end of the audit log.")
    .description(
      "Create a checkpoint of the current end of the audit log, signed by the server. Store it where the owner of the " +
        "database has no access. It shows later whether entries before it were removed or rewritten: " +
        "projo audit verify --checkpoint FILE",
    )
    .option("--out <file>", "write the checkpoint to this file")
    .addHelpText("after", examples(["projo audit checkpoint --out 2026-01-31.json"]))
    .action(async ({ out }: { out?: string }, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const checkpoint = await workspace.audit.checkpoint();
      if (out === undefined) {
        // Its text is all that the command prints, so --quiet does not leave it out.
        if (cli.quiet) cli.line(JSON.stringify(checkpoint));
        else cli.value(checkpoint);
        return;
      }
      await writeAtomically(cli.io, out, (write) => write(`${JSON.stringify(checkpoint, undefined, 2)}\n`));
      if (cli.json) cli.value({ file: out });
      else
        cli.message(
          `${coverage(checkpoint)} Written to ${out}. Store it away from the server and its database.`,
        );
    });
}

/** Says which entries the checkpoint covers, so that a later verification of a file can be understood. */
function coverage(checkpoint: Checkpoint): string {
  const seq = pointOf(checkpoint)?.seq ?? 0;
  return seq === 1 ? "The checkpoint covers entry 1." : `The checkpoint covers entries 1 to ${seq}.`;
}
