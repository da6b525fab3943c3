import type { Role } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { roleOption } from "../role.ts";
import { printSentInvite } from "./print-sent.ts";

export function addCreateInvite(invites: Command, start: Start): void {
  invites
    .command("create")
    .description("Invite an address to the workspace by mail. Also prints a link to the invite.")
    .argument("<email>")
    .addOption(roleOption("role of the new member (default: member)"))
    .addHelpText(
      "after",
      examples([
        "projo invites create bob@example.com",
        "projo invites create bob@example.com --role viewer",
      ]),
    )
    .action(async (email: string, { role }: { role?: Role }, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      printSentInvite(cli, await workspace.invites.create({ email, role }));
    });
}
