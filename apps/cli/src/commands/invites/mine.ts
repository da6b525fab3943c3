import type { OwnInvite } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { idColumn, timeColumn, wordColumn } from "../../output/columns.ts";
import type { Column } from "../../terminal/table.ts";
import { addPageOptions, collectPages, type PageOptions, printPage } from "../pages.ts";

export function addListOwnInvites(invites: Command, start: Start): void {
  addPageOptions(invites.command("mine"))
    .description(
      "List your pending invites. The token to accept an invite is in its mail. The id is enough to decline it.",
    )
    .addHelpText("after", examples(["projo invites mine", "projo invites mine --json"]))
    .action(async (options: PageOptions, command: Command) => {
      const cli = start(command);
      const client = (await cli.server()).requireSignIn();
      const page = await collectPages(options, (asked) => client.invites.listMine(asked));
      await printPage(cli, page, {
        columns: ownInviteColumns,
        none: "You have no pending invites. Invites are shown only after you verify your email address.",
      });
    });
}

export const ownInviteColumns: readonly Column<OwnInvite>[] = [
  idColumn(({ id }) => id),
  { head: "WORKSPACE", cell: ({ workspaceName }) => workspaceName, minWidth: 12 },
  wordColumn("ROLE", ({ role }) => role, { priority: 2 }),
  {
    head: "INVITED BY",
    cell: ({ inviterEmail }) => inviterEmail,
    priority: 3,
    minWidth: 12,
    maxWidth: 40,
  },
  timeColumn("EXPIRES", ({ expiresAt }) => expiresAt, { priority: 4 }),
];
