import type { Member } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findMember } from "../../names/find-member.ts";
import { shortTime } from "../../terminal/short-time.ts";
import type { Column } from "../../terminal/table.ts";
import { askForMember } from "../choose.ts";
import { askMissingOne } from "../missing.ts";
import { printRecord } from "../print-record.ts";
import { doForEach } from "../several.ts";

export function addGetMember(members: Command, start: Start): void {
  members
    .command("get")
    .aliases(["show", "view"])
    .description("Show members of the workspace.")
    .argument("[email-or-id...]", "emails or ids; me is yourself; - reads them from standard input")
    .addHelpText(
      "after",
      examples(["projo members get bob@example.com", "projo members get me bob@example.com --json"]),
    )
    .action(async (texts: string[], _options: unknown, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, texts, askForMember(cli));
      const workspace = await open();
      await doForEach(cli, given, {
        noun: "member",
        done: "found",
        areRecords: true,
        find: (text) => findMember(workspace, text),
        act: ({ id }) => workspace.members.get({ userId: id }),
        print: (member) => printRecord(cli, member, memberColumns),
      });
    });
}

const memberColumns: readonly Column<Member>[] = [
  { head: "ID", cell: ({ userId }) => userId },
  { head: "Email", cell: ({ email }) => email },
  { head: "Role", cell: ({ role }) => role },
  { head: "Joined", cell: ({ joinedAt }) => shortTime(joinedAt) },
];
