import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";

export function addDeleteTask(tasks: Command, start: Start): void {
  tasks
    .command("delete")
    .description("Delete a task.")
    .argument("<id>")
    .addHelpText("after", examples(["projo tasks delete ID"]))
    .action(async (id: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const deleted = await workspace.tasks.delete({ id });
      if (cli.json) cli.value(deleted);
      else cli.message(`Deleted the task ${deleted.id}.`);
    });
}
