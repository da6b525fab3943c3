import type { Command } from "commander";
import { usageError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import type { Status } from "../../import/check-row.ts";
import { findProject } from "../../names/find-project.ts";
import { statusOption } from "./status-option.ts";

interface UpdateOptions {
  title?: string;
  status?: Status;
  project?: string;
}

export function addUpdateTask(tasks: Command, start: Start): void {
  tasks
    .command("update")
    .description("Change a task's title or status, or move it to another project.")
    .argument("<id>")
    .option("--title <title>", "its new title")
    .addOption(statusOption("its new status"))
    .option("--project <id-or-name>", "the project to move it to")
    .addHelpText(
      "after",
      examples(["projo tasks update ID --status done", 'projo tasks update ID --title "Better"']),
    )
    .action(async (id: string, { title, status, project }: UpdateOptions, command: Command) => {
      if (title === undefined && status === undefined && project === undefined) {
        throw usageError("Nothing to change. Add --title, --status or --project");
      }
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const projectId = project === undefined ? undefined : (await findProject(workspace, project)).id;
      const task = await workspace.tasks.update({ id, title, status, projectId });
      if (cli.json) cli.value(task);
      else cli.say(`Changed the task "${task.title}", ${task.status}.`);
    });
}
