import { addVerbs } from "../verbs.ts";
import { addSaveCheckpoint } from "./checkpoint.ts";
import { addExportAudit } from "./export.ts";
import { addListAudit } from "./list.ts";
import { addTailAudit } from "./tail.ts";
import { addVerifyAudit } from "./verify.ts";

export const addAudit = addVerbs({
  list: addListAudit,
  tail: addTailAudit,
  export: addExportAudit,
  verify: addVerifyAudit,
  checkpoint: addSaveCheckpoint,
});
