import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { shortTime } from "../../terminal/short-time.ts";
import { addPageOptions, gather, type PageOptions, printPage } from "../pages.ts";

export function addListSessions(sessions: Command, start: Start): void {
  addPageOptions(sessions.command("list"))
    .description("List where you are signed in, newest first. The session of this command has a star.")
    .addHelpText("after", examples(["projo sessions list", "projo sessions list --all --json"]))
    .action(async (options: PageOptions, command: Command) => {
      const cli = start(command);
      const client = (await cli.server()).signedIn();
      const page = await gather(options, (asked) => client.sessions.list(asked));
      printPage(cli, page, {
        columns: [
          { head: "", cell: ({ current }) => (current ? "*" : "") },
          { head: "ID", cell: ({ id }) => id },
          { head: "LAST USED", cell: ({ lastUsedAt }) => shortTime(lastUsedAt) },
          { head: "ADDRESS", cell: ({ ip }) => ip ?? "unknown" },
          { head: "DEVICE", cell: ({ userAgent }) => userAgent ?? "unknown" },
        ],
        none: "There are no more sessions.",
      });
    });
}
