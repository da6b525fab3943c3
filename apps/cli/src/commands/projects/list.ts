import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { addPageOptions, gather, type PageOptions, printPage } from "../pages.ts";

interface ListOptions extends PageOptions {
  search?: string;
}

export function addListProjects(projects: Command, start: Start): void {
  addPageOptions(projects.command("list"))
    .description("List the projects, newest first.")
    .option("--search <text>", "only those with this in their name, whatever its case")
    .addHelpText("after", examples(["projo projects list", "projo projects list --search web --json"]))
    .action(async ({ search, ...options }: ListOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const page = await gather(options, (asked) => workspace.projects.list({ ...asked, search }));
      printPage(cli, page, {
        columns: [
          { head: "ID", cell: ({ id }) => id },
          { head: "CREATED", cell: ({ createdAt }) => createdAt.slice(0, 10) },
          { head: "NAME", cell: ({ name }) => name },
        ],
        none:
          search === undefined
            ? "There are no projects yet. Make one: projo projects create NAME"
            : "No project matches.",
      });
    });
}
