import type { ServiceKey } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findKey } from "../../names/find-key.ts";
import { type KnownNames, knownNames } from "../../names/known-names.ts";
import { shortTime } from "../../terminal/short-time.ts";
import type { Column } from "../../terminal/table.ts";
import { askForKey } from "../choose.ts";
import { askMissingOne } from "../missing.ts";
import { printRecord } from "../print-record.ts";
import { doForEach } from "../several.ts";

export function addGetKey(keys: Command, start: Start): void {
  keys
    .command("get")
    .aliases(["show", "view"])
    .description("Show service keys. A revoked key is found by its whole id only.")
    .argument("[id-or-name...]", "ids or names; - reads them from standard input")
    .addHelpText("after", examples(["projo keys get deploy"]))
    .action(async (texts: string[], _options: unknown, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, texts, askForKey(cli));
      const workspace = await open();
      const names = knownNames(workspace);
      await doForEach(cli, given, {
        noun: "service key",
        done: "found",
        areRecords: true,
        find: (text) => findKey(workspace, text),
        async act(key) {
          if (!cli.json) await names.load({ userId: key.createdBy });
          return key;
        },
        print: (key) => printRecord(cli, key, keyColumns(names)),
      });
    });
}

const keyColumns = (names: KnownNames): readonly Column<ServiceKey>[] => [
  { head: "ID", cell: ({ id }) => id },
  { head: "Name", cell: ({ name }) => name },
  { head: "Status", cell: ({ status }) => status },
  { head: "Role", cell: ({ role }) => role },
  { head: "Scopes", cell: ({ scopes }) => scopes.join(", ") },
  {
    head: "Created by",
    cell: ({ createdBy, creatorIsMember }) =>
      creatorIsMember ? names.of(createdBy) : `${createdBy} (has left the workspace)`,
  },
  { head: "Created", cell: ({ createdAt }) => shortTime(createdAt) },
  { head: "Expires", cell: ({ expiresAt }) => shortTime(expiresAt) },
  { head: "Last used", cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : shortTime(lastUsedAt)) },
];
