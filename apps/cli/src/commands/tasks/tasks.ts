import { addVerbs } from "../verbs.ts";
import { addCreateTask } from "./create.ts";
import { addDeleteTask } from "./delete.ts";
import { addEditTask } from "./edit.ts";
import { addGetTask } from "./get.ts";
import { addImportTasks } from "./import.ts";
import { addListTasks } from "./list.ts";

export const addTasks = addVerbs({
  create: addCreateTask,
  list: addListTasks,
  get: addGetTask,
  edit: addEditTask,
  delete: addDeleteTask,
  import: addImportTasks,
});
