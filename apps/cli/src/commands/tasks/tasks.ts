import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addListAlias } from "../list-alias.ts";
import { addCreateTask } from "./create.ts";
import { addDeleteTask } from "./delete.ts";
import { addEditTask } from "./edit.ts";
import { addGetTask } from "./get.ts";
import { addImportTasks } from "./import.ts";
import { addListTasks } from "./list.ts";

export function addTasks(tasks: Command, start: Start): void {
  for (const add of [addCreateTask, addListTasks, addGetTask, addEditTask, addDeleteTask, addImportTasks]) {
    add(tasks, start);
  }
  addListAlias(tasks);
}
