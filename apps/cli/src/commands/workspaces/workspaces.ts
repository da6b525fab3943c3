import { addVerbs } from "../verbs.ts";
import { addCompareWorkspaces } from "./compare.ts";
import { addCreateWorkspace } from "./create.ts";
import { addDeleteWorkspace } from "./delete.ts";
import { addExportWorkspace } from "./export.ts";
import { addGetWorkspace } from "./get.ts";
import { addImportWorkspace } from "./import.ts";
import { addLeaveWorkspace } from "./leave.ts";
import { addListWorkspaces } from "./list.ts";
import { addRenameWorkspace } from "./rename.ts";
import { addRestoreWorkspace } from "./restore.ts";
import { addUseWorkspace } from "./use.ts";

export const addWorkspaces = addVerbs({
  create: addCreateWorkspace,
  list: addListWorkspaces,
  get: addGetWorkspace,
  use: addUseWorkspace,
  leave: addLeaveWorkspace,
  rename: addRenameWorkspace,
  delete: addDeleteWorkspace,
  restore: addRestoreWorkspace,
  export: addExportWorkspace,
  import: addImportWorkspace,
  compare: addCompareWorkspaces,
});
