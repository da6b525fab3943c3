import type { Command } from "commander";
import { counted, inOneLine, type AddCommand } from "../../command.ts";
import { asOperator } from "../../operator.ts";
import { requireId } from "./require-id.ts";

export const addDeleteWorkspace: AddCommand = (workspaces, host) =>
  void workspaces
    .command("delete")
    .description(
      "Delete a workspace. It can be restored for 30 days and is then purged. Without --yes, it changes nothing.",
    )
    .argument("<id>", "id of the workspace")
    .option("--yes", "delete the workspace")
    .action(async (id: string, { yes = false }: { yes?: boolean }, command: Command) => {
      await requireId(id);
      await asOperator(host, command, async (db, { deleteWorkspace }) => {
        const workspace = await deleteWorkspace(db, { id, confirmed: yes });
        const name = `"${inOneLine(workspace.name)}"`;
        const text = workspace.isDeleted
          ? `${name} is deleted. Within 30 days, restore it with: projostack workspaces restore ${id}`
          : `Nothing is changed yet. With --yes, this command deletes ${name} with ${counted(workspace.members, "member")}, ${counted(workspace.projects, "project")} and ${counted(workspace.tasks, "task")}: nobody can use it, and its data is purged after 30 days. Its audit log stays.`;
        return { text, data: workspace };
      });
    });
