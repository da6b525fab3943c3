import type { TaskStatus } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findProject } from "../../names/find-project.ts";
import { statusOption } from "./status-option.ts";

interface CreateOptions {
  project: string;
  status?: TaskStatus;
}

export function addCreateTask(tasks: Command, start: Start): void {
  tasks
    .command("create")
    .description("Create a task. Prints its id.")
    .argument("<title>")
    .requiredOption("--project <id-or-name>", "project of the task")
    .addOption(statusOption("status of the task (default: todo)"))
    .addHelpText(
      "after",
      examples([
        'projo tasks create "Write the first page" --project Website',
        'projo tasks create "Buy the domain" --project Website --status done',
      ]),
    )
    .action(async (title: string, { project: idOrName, status }: CreateOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const project = await findProject(workspace, idOrName);
      const task = await workspace.tasks.create({ projectId: project.id, title, status });
      if (cli.json) {
        cli.value(task);
        return;
      }
      cli.line(task.id);
      cli.message(`Created the task "${task.title}" in ${project.name} with the status ${task.status}.`);
    });
}
