import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addSaveCheckpoint } from "./checkpoint.ts";
import { addExportAudit } from "./export.ts";
import { addListAudit } from "./list.ts";
import { addTailAudit } from "./tail.ts";
import { addVerifyAudit } from "./verify.ts";

export function addAudit(program: Command, start: Start): void {
  const audit = program
    .command("audit")
    .description(
      "Read, export and verify the audit log of the workspace. For admins; anyone can verify an exported file.",
    );
  const all = [addListAudit, addTailAudit, addExportAudit, addVerifyAudit, addSaveCheckpoint];
  for (const add of all) add(audit, start);
}
