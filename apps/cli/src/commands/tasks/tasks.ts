import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addCreateTask } from "./create.ts";
import { addDeleteTask } from "./delete.ts";
import { addImportTasks } from "./import.ts";
import { addListTasks } from "./list.ts";
import { addUpdateTask } from "./update.ts";

export function addTasks(tasks: Command, start: Start): void {
  for (const add of [addCreateTask, addListTasks, addUpdateTask, addDeleteTask, addImportTasks]) {
    add(tasks, start);
  }
}
