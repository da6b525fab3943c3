import type { Device } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { deviceOf } from "../../names/device-of.ts";
import { getSession } from "../../names/find-session.ts";
import { shortTime } from "../../terminal/short-time.ts";
import type { Column } from "../../terminal/table.ts";
import { askMissingOne } from "../missing.ts";
import { printRecord } from "../print-record.ts";
import { doForEach } from "../several.ts";
import { askForSession } from "./ask-for-session.ts";

export function addGetSession(sessions: Command, start: Start): void {
  sessions
    .command("get")
    .aliases(["show", "view"])
    .description("Show your sessions.")
    .argument("[id...]", "ids, or their first characters; - reads them from standard input")
    .addHelpText("after", examples(["projo sessions get ID"]))
    .action(async (ids: string[], _options: unknown, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).requireSignIn();
      const given = await askMissingOne(cli, { command, open }, ids, askForSession(cli));
      const client = await open();
      await doForEach(cli, given, {
        noun: "session",
        done: "found",
        areRecords: true,
        find: (text) => getSession(client, text),
        act: async (session) => session,
        print: (session) => printRecord(cli, session, sessionColumns),
      });
    });
}

const sessionColumns: readonly Column<Device>[] = [
  { head: "ID", cell: ({ id }) => id },
  { head: "Device", cell: ({ userAgent }) => deviceOf(userAgent) },
  { head: "IP", cell: ({ ip }) => ip ?? "unknown" },
  { head: "Signed in", cell: ({ createdAt }) => shortTime(createdAt) },
  { head: "Last used", cell: ({ lastUsedAt }) => shortTime(lastUsedAt) },
  { head: "Expires", cell: ({ expiresAt }) => shortTime(expiresAt) },
  { head: "Current", cell: ({ current }) => (current ? "yes" : "no") },
];
