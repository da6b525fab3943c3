import type { OwnWorkspace } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { idColumn, markColumn, timeColumn, wordColumn } from "../../output/columns.ts";
import type { Column } from "../../terminal/table.ts";
import { addPageOptions, collectPages, type PageOptions, printPage } from "../pages.ts";

interface ListOptions extends PageOptions {
  deleted?: boolean;
}

export function addListWorkspaces(workspaces: Command, start: Start): void {
  addPageOptions(workspaces.command("list"))
    .description("List the workspaces of which you are a member, newest first. A * marks the selected one.")
    .option("--deleted", "list deleted workspaces that you may still restore (for 30 days)")
    .addHelpText(
      "after",
      examples([
        "projo workspaces list",
        "projo workspaces list --deleted",
        "projo workspaces list --all --json",
      ]),
    )
    .action(async ({ deleted, ...options }: ListOptions, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const client = server.requireSignIn();
      const page = await collectPages(options, (asked) => client.workspaces.list({ ...asked, deleted }));
      if (deleted) {
        await printPage(cli, page, {
          columns: deletedColumns,
          none: "There is no deleted workspace to restore.",
        });
        return;
      }
      const selected = server.stored?.workspace?.id;
      await printPage(cli, page, {
        columns: workspaceColumns(selected),
        none: "You are not a member of a workspace. Create one: projo workspaces create NAME",
      });
    });
}

export const workspaceColumns = (selected: string | undefined): readonly Column<OwnWorkspace>[] => [
  markColumn(({ id }) => (id === selected ? "*" : "")),
  idColumn(({ id }) => id),
  { head: "NAME", cell: ({ name }) => name, minWidth: 20 },
  wordColumn("ROLE", ({ role }) => role, { priority: 2 }),
  timeColumn("CREATED", ({ createdAt }) => createdAt),
];

export const deletedColumns: readonly Column<OwnWorkspace>[] = [
  idColumn(({ id }) => id),
  { head: "NAME", cell: ({ name }) => name, minWidth: 20 },
  timeColumn("DELETED", ({ deletedAt }) => deletedAt),
];
