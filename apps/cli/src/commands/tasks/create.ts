import type { TaskStatus } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findProjectId } from "../../names/find-project.ts";
import { askForProject, askForText } from "../choose.ts";
import { askMissing } from "../missing.ts";
import { statusOption } from "./status-option.ts";

interface CreateOptions {
  project?: string;
  status?: TaskStatus;
}

export function addCreateTask(tasks: Command, start: Start): void {
  tasks
    .command("create")
    .alias("new")
    .description("Create a task. Prints its id.")
    .argument("[title]")
    .option("--project <id-or-name>", "project of the task")
    .addOption(statusOption("status of the task (default: todo)"))
    .addHelpText(
      "after",
      examples([
        'projo tasks create "Write the first page" --project Website',
        'projo tasks create "Buy the domain" --project Website --status done',
      ]),
    )
    .action(async (given: string | undefined, options: CreateOptions, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const { title, project: idOrName } = await askMissing(
        cli,
        { command, open },
        {
          title: [given, askForText(cli, "<title>", "Title of the task")],
          project: [options.project, askForProject(cli, "--project <id-or-name>")],
        },
      );
      const workspace = await open();
      const project = await findProjectId(workspace, idOrName);
      const task = await workspace.tasks.create({ projectId: project.id, title, status: options.status });
      if (cli.json) {
        cli.value(task);
        return;
      }
      cli.line(task.id);
      const place = project.name === undefined ? "" : ` in ${project.name}`;
      cli.message(`Created the task "${task.title}"${place} with the status ${task.status}.`);
    });
}
