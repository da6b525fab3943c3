import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addCreateTask } from "./create.ts";
import { addDeleteTask } from "./delete.ts";
import { addImportTasks } from "./import.ts";
import { addListTasks } from "./list.ts";
import { addUpdateTask } from "./update.ts";

export function addTasks(program: Command, start: Start): void {
  const tasks = program.command("tasks").description("Create, list, update, delete and import tasks.");
  for (const add of [addCreateTask, addListTasks, addUpdateTask, addDeleteTask, addImportTasks]) {
    add(tasks, start);
  }
}
