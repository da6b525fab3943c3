import type { Task } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findTask } from "../../names/find-task.ts";
import { type KnownNames, knownNames } from "../../names/known-names.ts";
import { shortTime } from "../../terminal/short-time.ts";
import type { Column } from "../../terminal/table.ts";
import { askForTask } from "../choose.ts";
import { askMissingOne } from "../missing.ts";
import { printRecord } from "../print-record.ts";
import { doForEach } from "../several.ts";

export function addGetTask(tasks: Command, start: Start): void {
  tasks
    .command("get")
    .aliases(["show", "view"])
    .description("Show tasks.")
    .argument("[id...]", "ids, or their first characters; - reads them from standard input")
    .addHelpText(
      "after",
      examples(["projo tasks get 019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11", "projo tasks get ID ID --json"]),
    )
    .action(async (ids: string[], _options: unknown, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, ids, askForTask(cli));
      const workspace = await open();
      const names = knownNames(workspace);
      await doForEach(cli, given, {
        noun: "task",
        done: "found",
        areRecords: true,
        find: (text) => findTask(workspace, text),
        async act({ id }) {
          const task = await workspace.tasks.get({ id });
          if (!cli.json) await names.load({ projectId: task.projectId, userId: task.createdBy });
          return task;
        },
        print: (task) => printRecord(cli, task, taskColumns(names)),
      });
    });
}

const taskColumns = (names: KnownNames): readonly Column<Task>[] => [
  { head: "ID", cell: ({ id }) => id },
  { head: "Title", cell: ({ title }) => title },
  { head: "Status", cell: ({ status }) => status },
  { head: "Project", cell: ({ projectId }) => names.of(projectId) },
  { head: "Created by", cell: ({ createdBy }) => names.of(createdBy) },
  { head: "Created", cell: ({ createdAt }) => shortTime(createdAt) },
  { head: "Changed", cell: ({ updatedAt }) => shortTime(updatedAt) },
];
