import type { RemovedMember } from "@projostack/sdk";
import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findMember } from "../../names/find-member.ts";
import { sanitize } from "../../terminal/sanitize.ts";
import { askConfirmation } from "../../terminal/prompts.ts";

export function addRemoveMember(members: Command, start: Start): void {
  members
    .command("remove")
    .description("Remove a member from the workspace. Their next call is refused.")
    .argument("<email-or-id>")
    .option("--yes", "do not ask for confirmation")
    .addHelpText(
      "after",
      examples(["projo members remove bob@example.com", "projo members remove bob@example.com --yes"]),
    )
    .action(async (emailOrId: string, options: { yes?: boolean }, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const { id, name } = await findMember(workspace, emailOrId);
      const agreed =
        options.yes ||
        (await askConfirmation(cli.io, {
          message: `Remove ${sanitize(name)} from the workspace?`,
          nonInteractiveHint: `There is no terminal to ask for confirmation. To remove ${name} from the workspace, add --yes`,
        }));
      if (!agreed)
        throw new CliError(
          "cli.not_confirmed",
          "The member was not removed. To confirm without a prompt, add --yes.",
        );
      const removed = await workspace.members.remove({ userId: id });
      if (cli.json) cli.value(removed);
      else {
        cli.message(`Removed ${name} from the workspace.`);
        printKeysLeft(cli, removed);
      }
    });
}

/** Lists the service keys of the removed member: the keys still work, and the former member may know their tokens. */
function printKeysLeft({ message }: Cli, { keysLeft }: RemovedMember): void {
  if (keysLeft.length === 0) return;
  const keys =
    keysLeft.length === 1
      ? "1 service key, which still works, and may know its token"
      : `${keysLeft.length} service keys, which still work, and may know their tokens`;
  const names = keysLeft.map(({ id, name }) => `${name} (${id})`).join(", ");
  message(`The former member created ${keys}: ${names}`);
  message("For each key, run: projo keys rotate ID --overlap-hours 0, or: projo keys revoke ID");
}
