import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findInvite } from "../../names/find-invite.ts";
import { askForInvite } from "../choose.ts";
import { askMissingOne } from "../missing.ts";
import { doForEach } from "../several.ts";

export function addRevokeInvite(invites: Command, start: Start): void {
  invites
    .command("revoke")
    .aliases(["rm", "delete"])
    .description("Revoke pending invites: their links no longer work.")
    .argument("[id-or-email...]", "ids or emails; - reads them from standard input")
    .addHelpText(
      "after",
      examples([
        "projo invites revoke bob@example.com",
        "projo invites revoke bob@example.com cyd@example.com",
      ]),
    )
    .action(async (texts: string[], _options: unknown, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, texts, askForInvite(cli));
      const workspace = await open();
      await doForEach(cli, given, {
        noun: "invite",
        done: "revoked",
        find: (text) => findInvite(workspace, text, ["pending"]),
        act: ({ id }) => workspace.invites.revoke({ id }),
        print: ({ email }) => cli.message(`Revoked the invite to ${email}.`),
      });
    });
}
