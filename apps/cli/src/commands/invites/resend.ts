import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findInvite } from "../../names/find-invite.ts";
import { askForInvite } from "../choose.ts";
import { askMissingOne } from "../missing.ts";
import { doForEach } from "../several.ts";
import { printSentInvite } from "./print-sent.ts";

export function addResendInvite(invites: Command, start: Start): void {
  invites
    .command("resend")
    .description("Send pending or expired invites again. Their earlier links no longer work.")
    .argument("[id-or-email...]", "ids or emails; - reads them from standard input")
    .addHelpText("after", examples(["projo invites resend bob@example.com"]))
    .action(async (texts: string[], _options: unknown, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, texts, askForInvite(cli));
      const workspace = await open();
      await doForEach(cli, given, {
        noun: "invite",
        done: "sent",
        find: (text) => findInvite(workspace, text, ["pending", "expired"]),
        act: ({ id }) => workspace.invites.resend({ id }),
        print: (invite) => printSentInvite(cli, invite),
      });
    });
}
