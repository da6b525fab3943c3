import type { ListOrder, Project } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { idColumn, timeColumn } from "../../output/columns.ts";
import { orderOption } from "../order-option.ts";
import type { Column } from "../../terminal/table.ts";
import { addPageOptions, collectPages, type PageOptions, printPage } from "../pages.ts";

interface ListOptions extends PageOptions {
  order?: ListOrder;
  search?: string;
}

export function addListProjects(projects: Command, start: Start): void {
  addPageOptions(projects.command("list"))
    .description("List the projects of the workspace.")
    .option("--search <text>", "only projects whose name contains this text (not case-sensitive)")
    .addOption(orderOption())
    .addHelpText("after", examples(["projo projects list", "projo projects list --search web --json"]))
    .action(async ({ search, order, ...options }: ListOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const page = await collectPages(options, (asked) =>
        workspace.projects.list({ ...asked, search, order }),
      );
      await printPage(cli, page, {
        columns: projectColumns,
        none:
          search === undefined
            ? "There are no projects yet. Create one: projo projects create NAME"
            : "No project matches.",
      });
    });
}

export const projectColumns: readonly Column<Project>[] = [
  idColumn(({ id }) => id),
  { head: "NAME", cell: ({ name }) => name, minWidth: 20 },
  timeColumn("CREATED", ({ createdAt }) => createdAt),
];
