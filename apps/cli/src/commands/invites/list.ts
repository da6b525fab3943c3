import type { InviteStatus } from "@projostack/sdk";
import { type Command, Option } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { shortTime } from "../../terminal/short-time.ts";
import { addPageOptions, gather, type PageOptions, printPage } from "../pages.ts";

const states = ["pending", "accepted", "revoked", "expired"] as const satisfies readonly InviteStatus[];

interface ListOptions extends PageOptions {
  status?: InviteStatus;
}

export function addListInvites(invites: Command, start: Start): void {
  addPageOptions(invites.command("list"))
    .description("List the workspace's invites, newest first.")
    .addOption(new Option("--status <status>", "only those with this status").choices(states))
    .addHelpText("after", examples(["projo invites list", "projo invites list --status pending --json"]))
    .action(async ({ status, ...options }: ListOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const page = await gather(options, (asked) => workspace.invites.list({ ...asked, status }));
      printPage(cli, page, {
        columns: [
          { head: "ID", cell: ({ id }) => id },
          { head: "STATUS", cell: (invite) => invite.status },
          { head: "ROLE", cell: ({ role }) => role },
          { head: "EXPIRES", cell: ({ expiresAt }) => shortTime(expiresAt) },
          { head: "EMAIL", cell: ({ email }) => email },
        ],
        none:
          status === undefined
            ? "Nobody was invited yet. Invite somebody: projo invites create EMAIL"
            : `No invite is ${status}.`,
      });
    });
}
