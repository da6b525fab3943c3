import type { AddCommand } from "../../command.ts";
import { addDeleteWorkspace } from "./delete.ts";
import { addListWorkspaces } from "./list.ts";
import { addRestoreWorkspace } from "./restore.ts";
import { addShowWorkspace } from "./show.ts";

export const addWorkspaces: AddCommand = (program, host) => {
  const workspaces = program
    .command("workspaces")
    .description("List, show, delete and restore workspaces. Shows no projects, tasks or audit entries.");
  for (const add of [addListWorkspaces, addShowWorkspace, addDeleteWorkspace, addRestoreWorkspace])
    add(workspaces, host);
};
