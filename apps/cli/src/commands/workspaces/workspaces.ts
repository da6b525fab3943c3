import type { Command } from "commander";
import { usageError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { addListAlias } from "../list-alias.ts";
import { addCreateWorkspace } from "./create.ts";
import { addCompareWorkspaces } from "./compare.ts";
import { addDeleteWorkspace } from "./delete.ts";
import { addExportWorkspace } from "./export.ts";
import { addGetWorkspace } from "./get.ts";
import { addImportWorkspace } from "./import.ts";
import { addLeaveWorkspace } from "./leave.ts";
import { addListWorkspaces } from "./list.ts";
import { addRenameWorkspace } from "./rename.ts";
import { addRestoreWorkspace } from "./restore.ts";
import { addUseWorkspace } from "./use.ts";

export function addWorkspaces(workspaces: Command, start: Start): void {
  const own = [addCreateWorkspace, addListWorkspaces, addGetWorkspace, addUseWorkspace, addLeaveWorkspace];
  const managed = [addRenameWorkspace, addDeleteWorkspace, addRestoreWorkspace];
  const data = [addExportWorkspace, addImportWorkspace, addCompareWorkspaces];
  for (const add of [...own, ...managed, ...data]) add(workspaces, start);
  addListAlias(workspaces);
  workspaces.hook("preAction", (_workspaces, command) => refuseTwoWorkspaces(command));
}

/** Refuses the option for the workspace beside the argument: only one of them could count. @throws CliError */
function refuseTwoWorkspaces(command: Command): void {
  const { workspace }: { workspace?: string } = command.optsWithGlobals();
  const [argument] = command.registeredArguments;
  if (workspace !== undefined && argument?.name() === "id-or-name" && command.args.length > 0)
    throw usageError("Use the argument or --workspace to name the workspace, not both.");
}
