import type { Command } from "commander";
import { inOneLine, type AddCommand } from "../../command.ts";
import { asOperator } from "../../operator.ts";
import { requireId } from "./require-id.ts";

export const addRestoreWorkspace: AddCommand = (workspaces, host) =>
  void workspaces
    .command("restore")
    .description("Restore a workspace that was deleted in the last 30 days, with all its data and members.")
    .argument("<id>", "id of the workspace")
    .action(async (id: string, _options: unknown, command: Command) => {
      await requireId(id);
      await asOperator(host, command, async (db, { restoreWorkspace }) => {
        const workspace = await restoreWorkspace(db, id);
        return { text: `"${inOneLine(workspace.name)}" is restored.`, data: workspace };
      });
    });
