import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { describedEnum } from "../fields/described-enum.ts";
import { creatorId, projectId } from "../fields/ids.ts";
import { order } from "../fields/list-order.ts";
import { createdAt, updatedAt } from "../fields/times.ts";
import { expectedVersion, version } from "../fields/versions.ts";
import { sample } from "../sample.ts";
import { count, name, page, pageInput, search } from "../schemas.ts";

export const project = z
  .object({
    id: projectId,
    name: z
      .string()
      .describe("The name of the project: 1 to 200 characters. Several projects can have the same name."),
    createdBy: creatorId("project"),
    createdAt: createdAt("project"),
    updatedAt: updatedAt("project"),
    version: version("project"),
  })
  .meta({
    id: "Project",
    description: "A named set of tasks in a workspace. A change of its tasks is no change of the project.",
  });

/** The fields that `projects.get` returns on request only. */
const projectIncludes = ["taskCount"] as const;
export type ProjectInclude = (typeof projectIncludes)[number];

/** A count on request stops here, so that its cost has a bound. */
export const MAX_TASK_COUNT = 10_000;

const include = z
  .array(
    describedEnum(projectIncludes, {
      id: "ProjectInclude",
      description: "A field of a project that is returned on request only.",
      values: { taskCount: "The number of tasks of the project." },
    }),
  )
  .max(10)
  .optional()
  .describe("Fields to return in addition.");

const countedProject = project
  .extend({
    taskCount: count
      .nullable()
      .exactOptional()
      .describe(
        `The number of tasks of the project. The count stops at ${MAX_TASK_COUNT}, which means that many or more. Only present if \`include\` contains \`taskCount\`; null if the caller lacks \`task:read\`.`,
      ),
  })
  .meta({ id: "CountedProject", description: "A project, with the number of its tasks on request." });

const someProject = {
  id: sample.projectId,
  name: "Website",
  createdBy: sample.userId,
  createdAt: sample.createdAt,
  updatedAt: sample.createdAt,
  version: 1,
} as const;

export const projects = {
  create: mutation({
    access: "project:write",
    cost: costs.write,
    records: { nothing: "routine work: the project stores its creator and creation time" },
    repetition: "replayed",
    summary: "Creates a project.",
    details:
      "A second project with the same name is a project of its own. To get an existing project by its name, use `projects.findOrCreate`.",
    input: z.strictObject({ name }),
    output: project,
    example: { input: { name: "Website" }, output: { ...someProject, id: sample.newProjectId } },
    errors: ["project.too_many"],
  }),
  findOrCreate: mutation({
    access: "project:write",
    cost: costs.write,
    records: { nothing: "routine work: the project stores its creator and creation time" },
    repetition: "replayed",
    summary: "Returns the project with this name, and creates it if there is none.",
    details:
      "Capital and small letters are equal, and so are different Unicode forms of one character. Concurrent calls with one name return one project. If several projects have the name already, the call fails with `project.ambiguous`.",
    input: z.strictObject({ name }),
    output: z
      .object({
        project: project.describe("The project that was found or created."),
        created: z.boolean().describe("True if this call created the project, false if it existed before."),
      })
      .meta({ id: "FoundOrCreatedProject", description: "The answer of `projects.findOrCreate`." }),
    example: {
      input: { name: "Autumn campaign" },
      output: {
        project: { ...someProject, id: sample.otherProjectId, name: "Autumn campaign" },
        created: true,
      },
    },
    errors: ["project.ambiguous", "project.too_many"],
  }),
  get: query({
    access: "project:read",
    cost: { ...costs.read, given: { include: 20 } },
    summary: "Returns a project.",
    details:
      "`tasks.list` with its id returns its tasks. A project of another workspace is not found, exactly like one that does not exist.",
    input: z.strictObject({ id: projectId, include }),
    output: countedProject,
    example: {
      input: { id: sample.projectId, include: ["taskCount"] },
      output: { ...someProject, taskCount: 1 },
    },
    errors: ["project.not_found"],
  }),
  update: mutation({
    access: "project:write",
    cost: costs.write,
    records: { nothing: "routine work: any member who may write can undo the change" },
    repetition: "replayed",
    summary: "Renames a project.",
    details:
      "Its id and its tasks stay the same. If two callers rename it, the later call wins. To prevent this, pass the `version` of the project as `expectedVersion`: of several calls with one version, one succeeds, and the others fail with `project.version_conflict`. The error then contains the present project as `current`, if the caller has `project:read`.",
    input: z.strictObject({
      id: projectId,
      name: name.describe("The new name, on one line."),
      expectedVersion: expectedVersion("project"),
    }),
    output: project.describe("The project after the change."),
    example: {
      input: { id: sample.projectId, name: "Website 2026", expectedVersion: 1 },
      output: { ...someProject, name: "Website 2026", updatedAt: sample.changedAt, version: 2 },
    },
    errors: ["project.not_found", "project.version_conflict"],
  }),
  delete: mutation({
    access: "project:delete",
    cost: costs.recorded,
    records: "project.deleted",
    repetition: "replayed",
    summary: "Deletes a project and all its tasks permanently.",
    details:
      "Neither the project nor its tasks can be restored. The deletion is one audit entry; its tasks have no entries of their own. With `expectedVersion`, a project that was renamed since is not deleted. Changes of its tasks do not prevent the deletion.",
    input: z.strictObject({ id: projectId, expectedVersion: expectedVersion("project") }),
    output: z
      .object({
        id: projectId.describe("The id of the deleted project."),
        deletedTasks: count.describe("The number of tasks that were deleted with the project."),
      })
      .meta({ id: "DeletedProject", description: "The answer of `projects.delete`." }),
    example: { input: { id: sample.projectId }, output: { id: sample.projectId, deletedTasks: 1 } },
    errors: ["project.not_found", "project.version_conflict"],
  }),
  list: query({
    access: "project:read",
    cost: { ...costs.list, given: { search: 5 } },
    mayReadReplica: true,
    summary: "Lists the projects of the workspace, by default newest first.",
    details:
      "With `search` it returns only projects whose name contains the text. `order` selects another order.",
    input: z.strictObject({ ...pageInput, order, search: search.optional() }).default({ limit: 20 }),
    output: page(project, "in the order of `order`"),
    example: {
      input: { search: "web", limit: 100 },
      output: { items: [someProject], nextCursor: null },
    },
    errors: ["cursor.invalid"],
  }),
};
