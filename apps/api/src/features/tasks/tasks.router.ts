import { contract } from "@projostack/contract";
import { router, workspaceProcedure } from "../../rpc/procedures.ts";
import { createTask } from "./create-task.ts";
import { createTasks } from "./create-tasks.ts";
import { getTask, prepareTaskQuery } from "./get-task.ts";
import { listTasks, prepareTaskListQuery } from "./list-tasks.ts";
import { createdTask } from "./task.ts";
import { removeTask } from "./remove-task.ts";
import { updateTask } from "./update-task.ts";

const c = contract.tasks;

export const tasksRouter = router({
  create: workspaceProcedure(c.create, { singleStatement: createdTask }).mutation(({ ctx, input }) =>
    createTask(ctx.ws, ctx.services, input),
  ),
  createMany: workspaceProcedure(c.createMany).mutation(({ ctx, input }) =>
    createTasks(ctx.ws, ctx.services, input),
  ),
  get: workspaceProcedure(c.get, { prefetch: prepareTaskQuery }).query(({ ctx, input }) =>
    getTask(ctx.ws, input),
  ),
  update: workspaceProcedure(c.update).mutation(({ ctx, input }) => updateTask(ctx.ws, input)),
  delete: workspaceProcedure(c.delete).mutation(({ ctx, input }) => removeTask(ctx.ws, ctx.services, input)),
  list: workspaceProcedure(c.list, { prefetch: prepareTaskListQuery }).query(({ ctx, input }) =>
    listTasks(ctx.ws, input),
  ),
});
