import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { shortTime } from "../../terminal/short-time.ts";
import { addPageOptions, gather, type PageOptions, printPage } from "../pages.ts";

export function addListOwnInvites(invites: Command, start: Start): void {
  addPageOptions(invites.command("mine"))
    .description("List the invites that wait for you. The mail of each holds the token that accepts it.")
    .addHelpText("after", examples(["projo invites mine", "projo invites mine --json"]))
    .action(async (options: PageOptions, command: Command) => {
      const cli = start(command);
      const client = (await cli.server()).signedIn();
      const page = await gather(options, (asked) => client.invites.listMine(asked));
      printPage(cli, page, {
        columns: [
          { head: "ROLE", cell: ({ role }) => role },
          { head: "EXPIRES", cell: ({ expiresAt }) => shortTime(expiresAt) },
          { head: "INVITED BY", cell: ({ inviterEmail }) => inviterEmail, most: 40 },
          { head: "WORKSPACE", cell: ({ workspaceName }) => workspaceName },
        ],
        none: "No invite waits for you. Those to an address that you have not verified are not shown.",
      });
    });
}
