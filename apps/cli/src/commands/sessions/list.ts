import type { Device } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { deviceOf } from "../../names/device-of.ts";
import { idColumn, markColumn, timeColumn } from "../../output/columns.ts";
import type { Column } from "../../terminal/table.ts";
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
        columns: sessionColumns,
        none: "There are no more sessions.",
      });
    });
}

export const sessionColumns: readonly Column<Device>[] = [
  markColumn(({ current }) => (current ? "*" : "")),
  idColumn(({ id }) => id),
  { head: "DEVICE", cell: ({ userAgent }) => deviceOf(userAgent), minWidth: 16, maxWidth: 60 },
  { head: "IP", cell: ({ ip }) => ip ?? "", shown: ({ ip }) => ip ?? "unknown", priority: 4 },
  timeColumn("LAST USED", ({ lastUsedAt }) => lastUsedAt, { priority: 2 }),
  timeColumn("CREATED", ({ createdAt }) => createdAt, { priority: 5 }),
  timeColumn("EXPIRES", ({ expiresAt }) => expiresAt, { priority: 6 }),
];
