import type { Role } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findMember } from "../../names/find-member.ts";
import { roleArgument } from "../role.ts";

export function addChangeRole(members: Command, start: Start): void {
  members
    .command("role")
    .description("Change the role of a member. It applies to their next call.")
    .argument("<email-or-id>")
    .addArgument(roleArgument())
    .addHelpText("after", examples(["projo members role bob@example.com viewer"]))
    .action(async (emailOrId: string, role: Role, _options: unknown, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const { id } = await findMember(workspace, emailOrId);
      const member = await workspace.members.changeRole({ userId: id, role });
      if (cli.json) cli.value(member);
      else cli.message(`${member.email} now has the role ${member.role}.`);
    });
}
