import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findInvite } from "../../names/find-invite.ts";
import { printSentInvite } from "./print-sent.ts";

export function addResendInvite(invites: Command, start: Start): void {
  invites
    .command("resend")
    .description("Send a pending or expired invite again. Its earlier links no longer work.")
    .argument("<id-or-email>")
    .addHelpText("after", examples(["projo invites resend bob@example.com"]))
    .action(async (idOrEmail: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const { id } = await findInvite(workspace, idOrEmail, ["pending", "expired"]);
      printSentInvite(cli, await workspace.invites.resend({ id }));
    });
}
