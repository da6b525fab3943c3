import type { RemovedMember } from "@projostack/sdk";
import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findMember } from "../../names/find-member.ts";
import { harmless } from "../../terminal/harmless.ts";
import { askConfirmation } from "../../terminal/prompts.ts";

export function addRemoveMember(members: Command, start: Start): void {
  members
    .command("remove")
    .description("End somebody's membership: their next call is refused.")
    .argument("<email-or-id>")
    .option("--yes", "do not ask")
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
          message: `Remove ${harmless(name)} from the workspace?`,
          instead: `Nobody is here to ask. To remove ${name} from the workspace, add --yes`,
        }));
      if (!agreed) throw new CliError("cli.not_confirmed", "Nobody was removed.");
      const removed = await workspace.members.remove({ userId: id });
      if (cli.json) cli.value(removed);
      else {
        cli.say(`Removed ${name} from the workspace.`);
        sayKeysLeft(cli, removed);
      }
    });
}

/** Their keys are the workspace's and work on; they may still have the tokens. */
function sayKeysLeft({ say }: Cli, { keysLeft }: RemovedMember): void {
  if (keysLeft.length === 0) return;
  const keys =
    keysLeft.length === 1
      ? "1 service key, which still works, and may know its token"
      : `${keysLeft.length} service keys, which still work, and may know their tokens`;
  const names = keysLeft.map(({ id, name }) => `${name} (${id})`).join(", ");
  say(`They made ${keys}: ${names}`);
  say("For each: projo keys rotate ID --overlap-hours 0, or projo keys revoke ID");
}
