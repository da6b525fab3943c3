import type { CountedProject } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findProjectId } from "../../names/find-project.ts";
import { type KnownNames, knownNames } from "../../names/known-names.ts";
import { shortTime } from "../../terminal/short-time.ts";
import type { Column } from "../../terminal/table.ts";
import { askForProject } from "../choose.ts";
import { askMissingOne } from "../missing.ts";
import { printRecord } from "../print-record.ts";
import { doForEach } from "../several.ts";
import { getCounted, tasksOf } from "./get-counted.ts";

export function addGetProject(projects: Command, start: Start): void {
  projects
    .command("get")
    .aliases(["show", "view"])
    .description("Show projects, with the number of their tasks.")
    .argument("[id-or-name...]", "ids or names; - reads them from standard input")
    .addHelpText("after", examples(['projo projects get "Website"', 'projo projects get "Website" --json']))
    .action(async (texts: string[], _options: unknown, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, texts, askForProject(cli, "<id-or-name>"));
      const workspace = await open();
      const names = knownNames(workspace);
      await doForEach(cli, given, {
        noun: "project",
        done: "found",
        areRecords: true,
        find: (text) => findProjectId(workspace, text),
        async act({ id }) {
          const project = await getCounted(workspace, id);
          if (!cli.json) await names.load({ userId: project.createdBy });
          return project;
        },
        print: (project) => printRecord(cli, project, projectColumns(names)),
      });
    });
}

const projectColumns = (names: KnownNames): readonly Column<CountedProject>[] => [
  { head: "ID", cell: ({ id }) => id },
  { head: "Name", cell: ({ name }) => name },
  { head: "Tasks", cell: (project) => tasksOf(project)?.replace(/ tasks?$/, "") ?? "" },
  { head: "Created by", cell: ({ createdBy }) => names.of(createdBy) },
  { head: "Created", cell: ({ createdAt }) => shortTime(createdAt) },
  { head: "Changed", cell: ({ updatedAt }) => shortTime(updatedAt) },
];
