import type { Role } from "@projostack/sdk";
import type { Command } from "commander";
import { roles } from "../../choices.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findMember } from "../../names/find-member.ts";
import { askForMember, askForRole } from "../choose.ts";
import { askMissing } from "../missing.ts";
import { roleArgument } from "../role.ts";

export function addChangeRole(members: Command, start: Start): void {
  members
    .command("role")
    .aliases(["edit", "update"])
    .description("Change the role of a member. It applies to their next call.")
    .argument("[email-or-id]")
    .addArgument(roleArgument())
    .addHelpText("after", examples(["projo members role bob@example.com viewer"]))
    .action(
      async (text: string | undefined, given: Role | undefined, _options: unknown, command: Command) => {
        const cli = start(command);
        const open = async () => (await cli.server()).workspace();
        const answers = await askMissing(
          cli,
          { command, open },
          { member: [text, askForMember(cli)], role: [given, askForRole(cli)] },
        );
        const role = roles.find((one) => one === answers.role);
        if (!role) throw new TypeError("The prompt offers roles only.");
        const workspace = await open();
        const { id } = await findMember(workspace, answers.member);
        const member = await workspace.members.changeRole({ userId: id, role });
        if (cli.json) cli.value(member);
        else cli.message(`${member.email} now has the role ${member.role}.`);
      },
    );
}
