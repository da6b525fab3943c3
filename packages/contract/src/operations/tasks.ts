import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { describedEnum } from "../fields/described-enum.ts";
import { creatorId, idPrefix, projectId, taskId, userId } from "../fields/ids.ts";
import { order } from "../fields/list-order.ts";
import { createdAt, updatedAt } from "../fields/times.ts";
import { expectedVersion, version } from "../fields/versions.ts";
import { sample } from "../sample.ts";
import { atLeastOneChange, dateTime, page, pageInput, search, text, title } from "../schemas.ts";

/** The statuses of a task. A CHECK constraint of the database allows the same ones, which a test compares. */
export const taskStatuses = ["todo", "doing", "done"] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const taskStatus = describedEnum(taskStatuses, {
  id: "TaskStatus",
  description: "The state of the work on a task. Any status can follow any other.",
  values: {
    todo: "The work has not begun.",
    doing: "The work has begun.",
    done: "The work is complete.",
  },
});

export const task = z
  .object({
    id: taskId,
    projectId,
    title: z.string().describe("The title of the task: 1 to 200 characters on one line."),
    status: taskStatus.describe("The state of the work on the task."),
    createdBy: creatorId("task"),
    createdAt: createdAt("task"),
    updatedAt: updatedAt("task"),
    version: version("task"),
  })
  .meta({ id: "Task", description: "A piece of work in a project." });

/** The fields that `tasks.list` returns on request only. */
const listedTaskIncludes = ["projectName"] as const;
export type ListedTaskInclude = (typeof listedTaskIncludes)[number];

const include = z
  .array(
    describedEnum(listedTaskIncludes, {
      id: "ListedTaskInclude",
      description: "A field of a listed task that is returned on request only.",
      values: { projectName: "The name of the project of each task." },
    }),
  )
  .max(10)
  .optional()
  .describe(
    "Fields to return in addition, so that a list can be shown without further calls. They do not change which tasks are returned, and a cursor is valid with any of them.",
  );

const listedTask = task
  .extend({
    projectName: z
      .string()
      .nullable()
      .exactOptional()
      .describe(
        "The name of the project to which the task belongs. Only present if `include` contains `projectName`; null if the caller lacks `project:read`.",
      ),
  })
  .meta({ id: "ListedTask", description: "A task in a list." });

const newTask = {
  projectId: projectId.describe("The id of the project to which the task belongs, from `projects.list`."),
  title,
  status: taskStatus.default("todo").describe("The status with which the task begins."),
};

const newTasks = z
  .array(
    z
      .strictObject({
        ...newTask,
        externalId: text(1, 200)
          .optional()
          .describe(
            "The id of the task in the system from which it is imported. It is unique in its project, so a repeated import creates no second task.",
          ),
      })
      .describe("A task to create."),
  )
  .min(1)
  .max(100)
  .describe("The tasks to create. They may belong to different projects of the workspace.");

const someTask = {
  id: sample.taskId,
  projectId: sample.projectId,
  title: "Write the release notes",
  status: "todo",
  createdBy: sample.userId,
  createdAt: sample.createdAt,
  updatedAt: sample.createdAt,
  version: 1,
} as const;

const changedTask = { ...someTask, status: "done", updatedAt: sample.changedAt, version: 2 } as const;

export const tasks = {
  create: mutation({
    access: "task:write",
    cost: costs.write,
    records: { nothing: "routine work: the task stores its creator and creation time" },
    repetition: "replayed",
    summary: "Creates a task in a project.",
    details:
      "The task stores the caller as its creator. Nobody gets a mail. To create many tasks, use `tasks.createMany`.",
    input: z.strictObject(newTask),
    output: task,
    example: {
      input: { projectId: sample.projectId, title: "Write the release notes" },
      output: { ...someTask, id: sample.newTaskId },
    },
    errors: ["project.not_found", "task.too_many"],
  }),
  createMany: mutation({
    access: "task:write",
    cost: { points: 4, each: { items: 4 }, batch: false },
    records: { nothing: "routine work: each task stores its creator and creation time" },
    repetition: "replayed",
    summary: "Creates up to 100 tasks in one transaction.",
    details:
      "Either all tasks are created or none. A task whose `externalId` already exists in its project is not changed, and its id is returned.",
    input: z.strictObject({ items: newTasks }),
    output: z
      .object({
        items: z
          .array(
            z
              .object({
                id: taskId,
                created: z.boolean().describe("False if the task with this `externalId` already existed."),
              })
              .describe("What happened to one item of the input."),
          )
          .describe("One item for each item of the input, in the same order."),
      })
      .meta({ id: "CreatedTasks", description: "The tasks of one call of `tasks.createMany`." }),
    example: {
      input: {
        items: [
          { projectId: sample.projectId, title: "Write the release notes", externalId: "WEB-12" },
          { projectId: sample.projectId, title: "Check the links", status: "doing" },
        ],
      },
      output: {
        items: [
          { id: sample.createdTaskIds[0], created: true },
          { id: sample.createdTaskIds[1], created: true },
        ],
      },
    },
    errors: ["project.not_found", "task.too_many"],
  }),
  get: query({
    access: "task:read",
    cost: costs.read,
    summary: "Returns a task.",
    details: "A task of another workspace is not found, exactly like a task that does not exist.",
    input: z.strictObject({ id: taskId }),
    output: task,
    example: { input: { id: sample.taskId }, output: someTask },
    errors: ["task.not_found"],
  }),
  update: mutation({
    access: "task:write",
    cost: costs.write,
    records: { nothing: "routine work: any member who may write can undo the change" },
    repetition: "replayed",
    summary: "Changes the title or status of a task, or moves it to another project of the workspace.",
    details:
      "A field that is omitted keeps its value. At least one field to change is required. If two callers change the same field, the later call wins. To prevent this, pass the `version` of the task as `expectedVersion`: of several calls with one version, one succeeds, and the others fail with `task.version_conflict`. The error then contains the present task as `current`, if the caller has `task:read`.",
    input: z
      .strictObject({
        id: taskId,
        title: title.optional().describe("The new title, on one line. Spaces at its ends are removed."),
        status: taskStatus.optional().describe("The new status."),
        projectId: projectId
          .optional()
          .describe("The id of the project to which the task moves, from `projects.list`."),
        expectedVersion: expectedVersion("task"),
      })
      .refine(...atLeastOneChange),
    output: task.describe("The task after the change."),
    example: {
      input: { id: sample.taskId, status: "done", expectedVersion: 1 },
      output: changedTask,
    },
    errors: ["task.not_found", "task.version_conflict", "project.not_found"],
  }),
  delete: mutation({
    access: "task:write",
    cost: costs.recorded,
    records: "task.deleted",
    repetition: "replayed",
    summary: "Deletes a task permanently.",
    details:
      "A deleted task cannot be restored. The audit entry keeps its title. With `expectedVersion`, a task that has changed since is not deleted.",
    input: z.strictObject({ id: taskId, expectedVersion: expectedVersion("task") }),
    output: z.object({ id: taskId.describe("The id of the deleted task.") }),
    example: { input: { id: sample.taskId }, output: { id: sample.taskId } },
    errors: ["task.not_found", "task.version_conflict"],
  }),
  list: query({
    access: "task:read",
    cost: { ...costs.list, given: { search: 20 } },
    mayReadReplica: true,
    summary: "Lists the tasks of the workspace, by default newest first.",
    details:
      "Each filter narrows the list: a task must match all filters that are given. `order` selects another order.",
    input: z
      .strictObject({
        ...pageInput,
        order,
        projectId: projectId.optional().describe("Only tasks of this project."),
        status: taskStatus.optional().describe("Only tasks with this status."),
        createdBy: userId.optional().describe("Only tasks that this user, or a key of this user, created."),
        createdAfter: dateTime.optional().describe("Only tasks created at this time or later."),
        createdBefore: dateTime.optional().describe("Only tasks created before this time."),
        search: search.optional(),
        idPrefix: idPrefix("task").optional(),
        include,
      })
      .default({ limit: 20 }),
    output: page(listedTask, "in the order of `order`"),
    example: {
      input: { projectId: sample.projectId, status: "todo", limit: 50, include: ["projectName"] },
      output: { items: [{ ...someTask, projectName: "Website" }], nextCursor: null },
    },
    errors: ["cursor.invalid"],
  }),
};
