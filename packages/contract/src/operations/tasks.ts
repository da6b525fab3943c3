import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { atLeastOneChange, dateTime, id, page, pageInput, search, text, title } from "../schemas.ts";

/** The statuses of a task. A CHECK constraint of the database allows the same ones, which a test compares. */
export const taskStatuses = ["todo", "doing", "done"] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const taskStatus = z.enum(taskStatuses).meta({ id: "TaskStatus" });

export const task = z
  .object({ id, projectId: id, title: z.string(), status: taskStatus, createdBy: id, createdAt: dateTime })
  .meta({ id: "Task" });

const newTask = { projectId: id, title, status: taskStatus.default("todo") };

export const tasks = {
  create: mutation({
    access: "task:write",
    cost: costs.write,
    records: { nothing: "routine work: the task stores its creator and creation time" },
    summary: "Creates a task.",
    input: z.strictObject(newTask),
    output: task,
    errors: ["project.not_found", "task.too_many"],
  }),
  createMany: mutation({
    access: "task:write",
    cost: { points: 4, each: { items: 4 }, batch: false },
    records: { nothing: "routine work: each task stores its creator and creation time" },
    summary:
      "Creates up to 100 tasks in one transaction. A task whose `externalId` already exists in its project is not changed.",
    input: z.strictObject({
      items: z
        .array(
          z.strictObject({
            ...newTask,
            externalId: text(1, 200)
              .optional()
              .describe("The task's id in the system it is imported from. Unique in its project."),
          }),
        )
        .min(1)
        .max(100),
    }),
    output: z
      .object({
        items: z
          .array(z.object({ id, created: z.boolean().describe("False if the task already existed.") }))
          .describe("One item for each item of the input, in the same order."),
      })
      .meta({ id: "CreatedTasks" }),
    errors: ["project.not_found", "task.too_many"],
  }),
  get: query({
    access: "task:read",
    cost: costs.read,
    summary: "Returns a task.",
    input: z.strictObject({ id }),
    output: task,
    errors: ["task.not_found"],
  }),
  update: mutation({
    access: "task:write",
    cost: costs.write,
    records: { nothing: "routine work: any member who may write can undo the change" },
    summary: "Changes a task's title or status, or moves it to another project of the workspace.",
    input: z
      .strictObject({ id, title: title.optional(), status: taskStatus.optional(), projectId: id.optional() })
      .refine(...atLeastOneChange),
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
    summary: "Lists the tasks of the workspace, newest first.",
    input: z
      .strictObject({
        ...pageInput,
        projectId: id.optional(),
        status: taskStatus.optional(),
        createdBy: id.optional(),
        createdAfter: dateTime.optional().describe("Only tasks created at this time or later."),
        createdBefore: dateTime.optional().describe("Only tasks created before this time."),
        search: search.optional(),
      })
      .default({ limit: 20 }),
    output: page(task),
    errors: ["cursor.invalid"],
  }),
};
