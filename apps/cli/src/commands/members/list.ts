import type { Member, Role } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { idColumn, timeColumn, wordColumn } from "../../output/columns.ts";
import type { Column } from "../../terminal/table.ts";
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
        columns: memberColumns,
        none: search === undefined ? "There is no member with this role." : "No member matches.",
      });
    });
}

export const memberColumns: readonly Column<Member>[] = [
  idColumn(({ userId }) => userId, { priority: 4 }),
  { head: "EMAIL", cell: ({ email }) => email, minWidth: 20 },
  wordColumn("ROLE", (member) => member.role),
  timeColumn("JOINED", ({ joinedAt }) => joinedAt),
];
