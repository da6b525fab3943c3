import type { Command } from "commander";
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
}
