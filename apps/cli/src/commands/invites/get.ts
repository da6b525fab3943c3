import type { Invite } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { getInvite } from "../../names/find-invite.ts";
import { type KnownNames, knownNames } from "../../names/known-names.ts";
import { shortTime } from "../../terminal/short-time.ts";
import type { Column } from "../../terminal/table.ts";
import { askForInvite } from "../choose.ts";
import { describeDelivery } from "../mail-delivery.ts";
import { askMissingOne } from "../missing.ts";
import { printRecord } from "../print-record.ts";
import { doForEach } from "../several.ts";

export function addGetInvite(invites: Command, start: Start): void {
  invites
    .command("get")
    .aliases(["show", "view"])
    .description("Show invites of the workspace. An email shows the newest invite to it.")
    .argument("[id-or-email...]", "ids or emails; - reads them from standard input")
    .addHelpText("after", examples(["projo invites get bob@example.com"]))
    .action(async (texts: string[], _options: unknown, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, texts, askForInvite(cli));
      const workspace = await open();
      const names = knownNames(workspace);
      await doForEach(cli, given, {
        noun: "invite",
        done: "found",
        areRecords: true,
        find: (text) => getInvite(workspace, text),
        async act(invite) {
          if (!cli.json) await names.load({ userId: invite.invitedBy });
          return invite;
        },
        print: (invite) => printRecord(cli, invite, inviteColumns(names)),
      });
    });
}

const inviteColumns = (names: KnownNames): readonly Column<Invite>[] => [
  { head: "ID", cell: ({ id }) => id },
  { head: "Email", cell: ({ email }) => email },
  { head: "Role", cell: ({ role }) => role },
  { head: "Status", cell: ({ status }) => status },
  { head: "Invited by", cell: ({ invitedBy }) => names.of(invitedBy) },
  { head: "Created", cell: ({ createdAt }) => shortTime(createdAt) },
  { head: "Expires", cell: ({ expiresAt }) => shortTime(expiresAt) },
  { head: "Mail", cell: (invite) => describeDelivery(invite) ?? "" },
];
