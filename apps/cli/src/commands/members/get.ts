import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findMember } from "../../names/find-member.ts";
import { shortTime } from "../../terminal/short-time.ts";

export function addGetMember(members: Command, start: Start): void {
  members
    .command("get")
    .description("Show a member of the workspace.")
    .argument("<email-or-id>")
    .addHelpText(
      "after",
      examples(["projo members get bob@example.com", "projo members get bob@example.com --json"]),
    )
    .action(async (emailOrId: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const { id } = await findMember(workspace, emailOrId);
      const member = await workspace.members.get({ userId: id });
      if (cli.json) {
        cli.value(member);
        return;
      }
      cli.line(`${member.email} (${member.userId})`);
      cli.line(`Role: ${member.role}`);
      cli.line(`Joined: ${shortTime(member.joinedAt)}`);
    });
}
