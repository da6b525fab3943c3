import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { addPageOptions, gather, type PageOptions, printPage } from "../pages.ts";

export function addListWorkspaces(workspaces: Command, start: Start): void {
  addPageOptions(workspaces.command("list"))
    .description("List the workspaces you are a member of, newest first. The chosen one has a star.")
    .addHelpText("after", examples(["projo workspaces list", "projo workspaces list --all --json"]))
    .action(async (options: PageOptions, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const client = server.signedIn();
      const page = await gather(options, (asked) => client.workspaces.list(asked));
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
