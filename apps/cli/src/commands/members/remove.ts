import type { RemovedMember } from "@projostack/sdk";
import type { Command } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findMember } from "../../names/find-member.ts";
import { askForMember } from "../choose.ts";
import { confirm, listTargets, YES } from "../confirm.ts";
import { count } from "../count.ts";
import { askMissingOne } from "../missing.ts";
import { doForEach } from "../several.ts";

export function addRemoveMember(members: Command, start: Start): void {
  members
    .command("remove")
    .aliases(["rm", "delete"])
    .description(
      "Remove members from the workspace. Their next call is refused, and their pending invites are revoked. Their tasks and service keys stay.",
    )
    .argument("[email-or-id...]", "emails or ids; - reads them from standard input")
    .option(...YES)
    .addHelpText(
      "after",
      examples(["projo members remove bob@example.com", "projo members remove bob@example.com --yes"]),
    )
    .action(async (texts: string[], { yes }: { yes?: boolean }, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, texts, askForMember(cli));
      const workspace = await open();
      await doForEach(cli, given, {
        noun: "member",
        done: "removed",
        find: (text) => findMember(workspace, text),
        async confirm(targets) {
          const names = targets.map(({ name }) => name);
          if (!yes) listTargets(cli, names);
          const isOne = names.length === 1;
          await confirm(cli, {
            yes,
            action: `remove ${isOne ? names[0] : count(names.length, "member")} from the workspace`,
            consequence: "Their pending invites are revoked. Their tasks and service keys stay.",
            refused: isOne ? "The member was not removed." : "Nobody was removed.",
          });
        },
        act: ({ id }) => workspace.members.remove({ userId: id }),
        print(removed, { name }) {
          cli.message(`Removed ${name} from the workspace${withInvites(removed)}.`);
          printKeysLeft(cli, removed);
        },
      });
    });
}

/** An older server does not return the number of invites. */
function withInvites({ endedInvites }: Partial<RemovedMember>): string {
  return endedInvites ? `, and revoked ${count(endedInvites, "pending invite")} of this member` : "";
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
