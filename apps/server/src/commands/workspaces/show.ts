import type { WorkspaceDetails } from "@projostack/api/operator";
import type { Command } from "commander";
import { inOneLine, type AddCommand } from "../../command.ts";
import { asOperator } from "../../operator.ts";
import { requireId } from "./require-id.ts";

export const addShowWorkspace: AddCommand = (workspaces, host) =>
  void workspaces
    .command("show")
    .description("Show a workspace: its name, its times, its admins and its numbers of rows.")
    .argument("<id>", "id of the workspace")
    .action(async (id: string, _options: unknown, command: Command) => {
      await requireId(id);
      await asOperator(host, command, async (db, { findWorkspace }) => {
        const workspace = await findWorkspace(db, id);
        return { text: describe(workspace), data: workspace };
      });
    });

function describe({ admins, deletedAt, createdAt, ...facts }: WorkspaceDetails): string {
  const lines = [
    ["id", facts.id],
    ["name", inOneLine(facts.name)],
    ["created", createdAt.toISOString()],
    ["deleted", deletedAt?.toISOString() ?? "no"],
    ["admins", admins.map(({ email }) => email).join(", ")],
    ["members", facts.members],
    ["projects", facts.projects],
    ["tasks", facts.tasks],
    ["service keys", facts.serviceKeys],
    ["invites", facts.invites],
    ["audit entries", facts.auditEntries],
  ] as const;
  return lines.map(([name, value]) => `${name.padEnd(13)}  ${value}`).join("\n");
}
