import type { Command } from "commander";
import { usageError } from "../../cli-error.ts";
import type { Define } from "../../cli.ts";
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

const addAll = addVerbs({
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

export const addWorkspaces: Define = (workspaces, start, named) => {
  addAll(workspaces, start, named);
  workspaces.hook("preAction", (_workspaces, command) => refuseTwoWorkspaces(command));
};

/** Refuses the option for the workspace beside the argument: only one of them could count. @throws CliError */
function refuseTwoWorkspaces(command: Command): void {
  const { workspace }: { workspace?: string } = command.optsWithGlobals();
  const [argument] = command.registeredArguments;
  if (workspace !== undefined && argument?.name() === "id-or-name" && command.args.length > 0)
    throw usageError("Use the argument or --workspace to name the workspace, not both.");
}
