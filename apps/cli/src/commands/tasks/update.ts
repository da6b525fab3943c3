import type { TaskStatus } from "@projostack/sdk";
import type { Command } from "commander";
import { usageError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findProject } from "../../names/find-project.ts";
import { statusOption } from "./status-option.ts";

interface UpdateOptions {
  title?: string;
  status?: TaskStatus;
  project?: string;
}

export function addUpdateTask(tasks: Command, start: Start): void {
  tasks
    .command("update")
    .description("Change the title or status of a task, or move it to another project.")
    .argument("<id>")
    .option("--title <title>", "new title of the task")
    .addOption(statusOption("new status of the task"))
    .option("--project <id-or-name>", "project to move the task to")
    .addHelpText(
      "after",
      examples(["projo tasks update ID --status done", 'projo tasks update ID --title "Better"']),
    )
    .action(async (id: string, { title, status, project }: UpdateOptions, command: Command) => {
      if (title === undefined && status === undefined && project === undefined) {
        throw usageError("There is nothing to change. Add --title, --status or --project.");
      }
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const projectId = project === undefined ? undefined : (await findProject(workspace, project)).id;
      const task = await workspace.tasks.update({ id, title, status, projectId });
      if (cli.json) cli.value(task);
      else cli.message(`Updated the task "${task.title}". Its status is ${task.status}.`);
    });
}
