import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addCreateWorkspace } from "./create.ts";
import { addListWorkspaces } from "./list.ts";
import { addUseWorkspace } from "./use.ts";

export function addWorkspaces(program: Command, start: Start): void {
  const workspaces = program.command("workspaces").description("Make, list and choose workspaces.");
  for (const add of [addCreateWorkspace, addListWorkspaces, addUseWorkspace]) add(workspaces, start);
}
