import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { dateTime, id, page, pageInput, search, someChange, text, title } from "../schemas.ts";

export const taskStatus = z.enum(["todo", "doing", "done"]).meta({ id: "TaskStatus" });

export const task = z
  .object({ id, projectId: id, title: z.string(), status: taskStatus, createdBy: id, createdAt: dateTime })
  .meta({ id: "Task" });

const newTask = { projectId: id, title, status: taskStatus.default("todo") };

export const tasks = {
  create: mutation({
    access: "task:write",
    cost: costs.write,
    records: { nothing: "everyday work: the task itself says by whom and when" },
    summary: "Makes a task.",
    input: z.strictObject(newTask),
    output: task,
    errors: ["project.not_found", "task.too_many"],
  }),
  createMany: mutation({
    access: "task:write",
    cost: { points: 4, each: { items: 4 }, batch: false },
    records: { nothing: "everyday work: the tasks themselves say by whom and when" },
    summary:
      "Makes up to 100 tasks, all of them or none. One whose externalId its project has already is left as it is.",
    input: z.strictObject({
      items: z
        .array(
          z.strictObject({
            ...newTask,
            externalId: text(1, 200)
              .optional()
              .describe("What the task is called where it comes from. Unique in its project."),
          }),
        )
        .min(1)
        .max(100),
    }),
    output: z
      .object({
        items: z
          .array(z.object({ id, created: z.boolean().describe("False when it was there already.") }))
          .describe("One for each item of the input, in its order."),
      })
      .meta({ id: "CreatedTasks" }),
    errors: ["project.not_found", "task.too_many"],
  }),
  get: query({
    access: "task:read",
    cost: costs.read,
    summary: "One task.",
    input: z.strictObject({ id }),
    output: task,
    errors: ["task.not_found"],
  }),
  update: mutation({
    access: "task:write",
    cost: costs.write,
    records: { nothing: "everyday work: nothing is lost that a member could not set right" },
    summary: "Changes a task's title or status, or moves it to another project of the workspace.",
    input: z
      .strictObject({ id, title: title.optional(), status: taskStatus.optional(), projectId: id.optional() })
      .refine(...someChange),
    output: task,
    errors: ["task.not_found", "project.not_found"],
  }),
  delete: mutation({
    access: "task:write",
    cost: costs.recorded,
    records: "task.deleted",
    summary: "Deletes a task.",
    input: z.strictObject({ id }),
    output: z.object({ id }),
    errors: ["task.not_found"],
  }),
  list: query({
    access: "task:read",
    cost: { ...costs.list, given: { search: 20 } },
    summary: "The tasks of the workspace, newest first.",
    input: z
      .strictObject({
        ...pageInput,
        projectId: id.optional(),
        status: taskStatus.optional(),
        createdBy: id.optional(),
        createdAfter: dateTime.optional().describe("Made at this time or later."),
        createdBefore: dateTime.optional().describe("Made before this time."),
        search: search.optional(),
      })
      .default({ limit: 20 }),
    output: page(task),
    errors: ["cursor.invalid"],
  }),
};
