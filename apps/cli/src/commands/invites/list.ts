import type { Invite, InviteStatus } from "@projostack/sdk";
import { type Command, Option } from "commander";
import { inviteStatuses } from "../../choices.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { idColumn, timeColumn, wordColumn } from "../../output/columns.ts";
import { relativeTime } from "../../terminal/relative-time.ts";
import { describeDelivery } from "../mail-delivery.ts";
import type { Column } from "../../terminal/table.ts";
import { addPageOptions, collectPages, type PageOptions, printPage } from "../pages.ts";

interface ListOptions extends PageOptions {
  status?: InviteStatus;
}

export function addListInvites(invites: Command, start: Start): void {
  addPageOptions(invites.command("list"))
    .description("List the invites of the workspace, newest first.")
    .addOption(new Option("--status <status>", "only invites with this status").choices(inviteStatuses))
    .addHelpText("after", examples(["projo invites list", "projo invites list --status pending --json"]))
    .action(async ({ status, ...options }: ListOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const page = await collectPages(options, (asked) => workspace.invites.list({ ...asked, status }));
      await printPage(cli, page, {
        columns: inviteColumns,
        none:
          status === undefined
            ? "There are no invites yet. Create one: projo invites create EMAIL"
            : `There is no invite with the status ${status}.`,
      });
      const isRefused = page.items.some(
        (invite) => invite.status === "pending" && invite.mailStatus === "refused",
      );
      if (isRefused && !cli.json) {
        cli.message(
          "A mail was refused. If its address is wrong, run: projo invites revoke EMAIL, then: projo invites create EMAIL. To send it again, run: projo invites resend EMAIL",
        );
      }
    });
}

export const inviteColumns: readonly Column<Invite>[] = [
  idColumn(({ id }) => id, { priority: 2 }),
  { head: "EMAIL", cell: ({ email }) => email, minWidth: 20 },
  wordColumn("ROLE", ({ role }) => role, { priority: 3 }),
  wordColumn("STATUS", (invite) => invite.status),
  timeColumn("EXPIRES", ({ expiresAt }) => expiresAt, { priority: 4 }),
  {
    head: "MAIL",
    cell: (invite) => describeDelivery(invite) ?? "",
    shown: (invite, now) => describeDelivery(invite, (at) => relativeTime(at, now)) ?? "-",
    priority: 5,
    minWidth: 12,
    maxWidth: 60,
  },
];
