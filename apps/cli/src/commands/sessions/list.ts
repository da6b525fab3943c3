import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { deviceOf } from "../../names/device-of.ts";
import { shortTime } from "../../terminal/short-time.ts";
import { addPageOptions, collectPages, type PageOptions, printPage } from "../pages.ts";

export function addListSessions(sessions: Command, start: Start): void {
  addPageOptions(sessions.command("list"))
    .description("List your sessions, newest first. A * marks the session of this command.")
    .addHelpText("after", examples(["projo sessions list", "projo sessions list --all --json"]))
    .action(async (options: PageOptions, command: Command) => {
      const cli = start(command);
      const client = (await cli.server()).requireSignIn();
      const page = await collectPages(options, (asked) => client.sessions.list(asked));
      await printPage(cli, page, {
        columns: [
          { head: "", cell: ({ current }) => (current ? "*" : "") },
          { head: "ID", cell: ({ id }) => id },
          { head: "LAST USED", cell: ({ lastUsedAt }) => shortTime(lastUsedAt) },
          { head: "ADDRESS", cell: ({ ip }) => ip ?? "unknown" },
          { head: "DEVICE", cell: ({ userAgent }) => deviceOf(userAgent) },
        ],
        none: "There are no more sessions.",
      });
    });
}
