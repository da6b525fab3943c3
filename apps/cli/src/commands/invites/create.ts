import type { Role } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askForText } from "../choose.ts";
import { askMissing } from "../missing.ts";
import { roleOption } from "../role.ts";
import { printSentInvite } from "./print-sent.ts";

export function addCreateInvite(invites: Command, start: Start): void {
  invites
    .command("create")
    .alias("new")
    .description("Invite an address to the workspace by mail. Also prints a link to the invite.")
    .argument("[email]")
    .addOption(roleOption("role of the new member (default: member)"))
    .addHelpText(
      "after",
      examples([
        "projo invites create bob@example.com",
        "projo invites create bob@example.com --role viewer",
      ]),
    )
    .action(async (given: string | undefined, { role }: { role?: Role }, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const { email } = await askMissing(
        cli,
        { command, open },
        { email: [given, askForText(cli, "<email>", "Email address to invite")] },
      );
      printSentInvite(cli, await (await open()).invites.create({ email, role }));
    });
}
