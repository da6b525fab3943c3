import type { OwnWorkspace } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import type { Column } from "../../terminal/table.ts";
import { addPageOptions, gather, type PageOptions, printPage } from "../pages.ts";

interface ListOptions extends PageOptions {
  deleted?: boolean;
}

export function addListWorkspaces(workspaces: Command, start: Start): void {
  addPageOptions(workspaces.command("list"))
    .description("List the workspaces you are a member of, newest first. The chosen one has a star.")
    .option("--deleted", "instead those deleted in the last 30 days that you may restore")
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
      const client = server.signedIn();
      const page = await gather(options, (asked) => client.workspaces.list({ ...asked, deleted }));
      if (deleted) {
        printPage(cli, page, { columns: deletedColumns, none: "There is no deleted workspace to restore." });
        return;
      }
      const chosen = server.stored?.workspace?.id;
      printPage(cli, page, {
        columns: [
          { head: "", cell: ({ id }) => (id === chosen ? "*" : "") },
          { head: "ID", cell: ({ id }) => id },
          { head: "ROLE", cell: ({ role }) => role },
          { head: "NAME", cell: ({ name }) => name },
        ],
        none: "You are in no workspace. Make one: projo workspaces create NAME",
      });
    });
}

const deletedColumns: readonly Column<OwnWorkspace>[] = [
  { head: "ID", cell: ({ id }) => id },
  { head: "DELETED", cell: ({ deletedAt }) => deletedAt?.slice(0, 10) ?? "" },
  { head: "NAME", cell: ({ name }) => name },
];
