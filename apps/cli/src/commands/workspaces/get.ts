import type { CountedWorkspace } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import type { WorkspaceClient } from "../../connection/server.ts";
import { examples } from "../../examples.ts";
import { findWorkspace } from "../../names/find-workspace.ts";
import { type KnownNames, knownNames } from "../../names/known-names.ts";
import { readId } from "../../names/ids.ts";
import { shortTime } from "../../terminal/short-time.ts";
import type { Column } from "../../terminal/table.ts";
import { printRecord } from "../print-record.ts";
import { doForEach } from "../several.ts";
import { contentOf, getCounted, workspaceOf } from "./get-counted.ts";

export function addGetWorkspace(workspaces: Command, start: Start): void {
  workspaces
    .command("get")
    .aliases(["show", "view"])
    .description("Show workspaces (default: the selected one). An admin also sees how much they contain.")
    .argument("[id-or-name...]", "ids or names; - reads them from standard input")
    .addHelpText("after", examples(["projo workspaces get", 'projo workspaces get "Acme" --json']))
    .action(async (texts: string[], _options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const show = async (workspace: WorkspaceClient) => {
        const names = knownNames(workspace);
        const found = await getCounted(workspace);
        if (!cli.json) await names.load({ userId: found.createdBy });
        return { found, names };
      };
      if (texts.length === 0) {
        const { found, names } = await show(await workspaceOf(server, undefined));
        printRecord(cli, found, workspaceColumns(names));
        return;
      }
      const client = server.requireUser();
      const shown = new Map<string, KnownNames>();
      await doForEach(cli, texts, {
        noun: "workspace",
        done: "found",
        areRecords: true,
        find: async (text) => ({ id: readId(text) ?? (await findWorkspace(client, text)).id }),
        async act({ id }) {
          const { found, names } = await show(client.workspace(id));
          shown.set(id, names);
          return found;
        },
        print: (found) =>
          printRecord(
            cli,
            found,
            workspaceColumns(shown.get(found.id) ?? knownNames(client.workspace(found.id))),
          ),
      });
    });
}

const workspaceColumns = (names: KnownNames): readonly Column<CountedWorkspace>[] => [
  { head: "ID", cell: ({ id }) => id },
  { head: "Name", cell: ({ name }) => name },
  { head: "Your role", cell: ({ role }) => role },
  { head: "Content", cell: (workspace) => contentOf(workspace) ?? "" },
  { head: "Created by", cell: ({ createdBy }) => names.of(createdBy) },
  { head: "Created", cell: ({ createdAt }) => shortTime(createdAt) },
];
