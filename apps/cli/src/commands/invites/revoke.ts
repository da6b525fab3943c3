import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findInvite } from "../../names/find-invite.ts";

export function addRevokeInvite(invites: Command, start: Start): void {
  invites
    .command("revoke")
    .description("Revoke a pending invite: its links no longer work.")
    .argument("<id-or-email>")
    .addHelpText("after", examples(["projo invites revoke bob@example.com"]))
    .action(async (idOrEmail: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const { id } = await findInvite(workspace, idOrEmail, ["pending"]);
      const invite = await workspace.invites.revoke({ id });
      if (cli.json) cli.value(invite);
      else cli.message(`Revoked the invite to ${invite.email}.`);
    });
}
