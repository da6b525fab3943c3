import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addSaveCheckpoint } from "./checkpoint.ts";
import { addExportAudit } from "./export.ts";
import { addListAudit } from "./list.ts";
import { addTailAudit } from "./tail.ts";
import { addVerifyAudit } from "./verify.ts";

export function addAudit(audit: Command, start: Start): void {
  const all = [addListAudit, addTailAudit, addExportAudit, addVerifyAudit, addSaveCheckpoint];
  for (const add of all) add(audit, start);
}
