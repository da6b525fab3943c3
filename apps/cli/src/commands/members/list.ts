import type { Role } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { addPageOptions, collectPages, type PageOptions, printPage } from "../pages.ts";
import { roleOption } from "../role.ts";

interface ListOptions extends PageOptions {
  role?: Role;
  search?: string;
}

export function addListMembers(members: Command, start: Start): void {
  addPageOptions(members.command("list"))
    .description("List the members of the workspace, newest first.")
    .addOption(roleOption("only members with this role"))
    .option("--search <text>", "only members whose email contains this text (not case-sensitive)")
    .addHelpText(
      "after",
      examples([
        "projo members list",
        "projo members list --role admin --json",
        "projo members list --search bob",
      ]),
    )
    .action(async ({ role, search, ...options }: ListOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const page = await collectPages(options, (asked) => workspace.members.list({ ...asked, role, search }));
      await printPage(cli, page, {
        columns: [
          { head: "ID", cell: ({ userId }) => userId },
          { head: "ROLE", cell: (member) => member.role },
          { head: "JOINED", cell: ({ joinedAt }) => joinedAt.slice(0, 10) },
          { head: "EMAIL", cell: ({ email }) => email },
        ],
        none: search === undefined ? "There is no member with this role." : "No member matches.",
      });
    });
}
