import type { WorkspaceSummary } from "@projostack/api/operator";
import type { Command } from "commander";
import { counted, inOneLine, UsageError, type AddCommand } from "../../command.ts";
import { asOperator } from "../../operator.ts";
import { requireId } from "./require-id.ts";

interface ListOptions {
  readonly name?: string;
  readonly after?: string;
  readonly limit: string;
}

export const addListWorkspaces: AddCommand = (workspaces, host) =>
  void workspaces
    .command("list")
    .description("List workspaces, newest first. Members and tasks are counted up to 10000.")
    .option("--name <text>", "only workspaces whose name contains the text")
    .option("--limit <number>", "most workspaces to list, 1 to 1000", "100")
    .option("--after <id>", "continue after this workspace")
    .action(async ({ name, after, limit }: ListOptions, command: Command) => {
      const most = limitOf(limit);
      if (after !== undefined) await requireId(after);
      await asOperator(host, command, async (db, { listWorkspaces }) => {
        const items = await listWorkspaces(db, { name, after, limit: most });
        const next = items.length === most ? (items.at(-1)?.id ?? null) : null;
        const lines = items.map(lineOf);
        if (next !== null) lines.push(`There may be more: --after ${next}`);
        return { text: lines.join("\n") || "There is no such workspace.", data: { items, next } };
      });
    });

function lineOf({ id, name, createdAt, deletedAt, members, tasks }: WorkspaceSummary): string {
  const parts = [
    id,
    createdAt.toISOString(),
    counted(members, "member"),
    counted(tasks, "task"),
    inOneLine(name),
  ];
  return [...parts, ...(deletedAt ? [`deleted ${deletedAt.toISOString()}`] : [])].join("  ");
}

function limitOf(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 1_000) return limit;
  throw new UsageError("--limit is a number from 1 to 1000.");
}
