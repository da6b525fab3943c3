import type { TaskStatus } from "@projostack/sdk";
import type { Command } from "commander";
import { usageError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findProjectId } from "../../names/find-project.ts";
import { findTask } from "../../names/find-task.ts";
import { askForTask } from "../choose.ts";
import { askMissingOne } from "../missing.ts";
import { doForEach } from "../several.ts";
import { statusOption } from "./status-option.ts";

interface EditOptions {
  title?: string;
  status?: TaskStatus;
  project?: string;
}

export function addEditTask(tasks: Command, start: Start): void {
  tasks
    .command("edit")
    .alias("update")
    .description("Change the status or the title of tasks, or move them to another project.")
    .argument("[id...]", "ids, or their first characters; - reads them from standard input")
    .option("--title <title>", "new title of the task")
    .addOption(statusOption("new status of the tasks"))
    .option("--project <id-or-name>", "project to move the tasks to")
    .addHelpText(
      "after",
      examples([
        "projo tasks edit ID --status done",
        "projo tasks edit ID ID --project Website",
        'projo tasks edit ID --title "Better"',
        "projo tasks list --status doing --quiet | projo tasks edit - --status done",
      ]),
    )
    .action(async (ids: string[], { title, status, project }: EditOptions, command: Command) => {
      if (title === undefined && status === undefined && project === undefined) {
        throw usageError(
          ids.length === 0
            ? "Missing arguments: <id>, and --title, --status or --project. See: projo tasks edit --help"
            : "There is nothing to change. Add --title, --status or --project.",
        );
      }
      if (title !== undefined && (ids.length > 1 || ids.includes("-"))) {
        throw usageError("--title changes one task only. Name one task, or omit --title.");
      }
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, ids, askForTask(cli));
      const workspace = await open();
      const projectId = project === undefined ? undefined : (await findProjectId(workspace, project)).id;
      await doForEach(cli, given, {
        noun: "task",
        done: "changed",
        find: (text) => findTask(workspace, text),
        act: ({ id }) => workspace.tasks.update({ id, title, status, projectId }),
        print: (task) => cli.message(`Updated the task "${task.title}". Its status is ${task.status}.`),
      });
    });
}
