import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { isInteractive } from "../../io.ts";
import { findTask } from "../../names/find-task.ts";
import { askForTask } from "../choose.ts";
import { confirm, listTargets, YES } from "../confirm.ts";
import { count } from "../count.ts";
import { askMissingOne } from "../missing.ts";
import { doForEach } from "../several.ts";

export function addDeleteTask(tasks: Command, start: Start): void {
  tasks
    .command("delete")
    .alias("rm")
    .description("Delete tasks permanently.")
    .argument("[id...]", "ids, or their first characters; - reads them from standard input")
    .option(...YES)
    .addHelpText("after", examples(["projo tasks delete ID", "projo tasks delete ID ID --yes"]))
    .action(async (ids: string[], { yes }: { yes?: boolean }, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, ids, askForTask(cli));
      const workspace = await open();
      const isAsked = !yes && isInteractive(cli.io);
      await doForEach(cli, given, {
        noun: "task",
        done: "deleted",
        async find(text) {
          const { id } = await findTask(workspace, text);
          // The question shows the title.
          return { id, title: isAsked ? (await workspace.tasks.get({ id })).title : undefined };
        },
        async confirm(targets) {
          const names = targets.map(({ id, title }) => (title === undefined ? id : `"${title}"`));
          if (isAsked) listTargets(cli, names);
          const action =
            targets.length === 1 ? `delete the task ${names[0]}` : `delete ${count(targets.length, "task")}`;
          await confirm(cli, { yes, action, refused: "Nothing was deleted." });
        },
        act: ({ id }) => workspace.tasks.delete({ id }),
        print: ({ id }, { title }) =>
          cli.message(`Deleted the task ${title === undefined ? id : `"${title}" (${id})`}.`),
      });
    });
}
