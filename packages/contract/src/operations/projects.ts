import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { dateTime, id, name, page, pageInput, search } from "../schemas.ts";

export const project = z
  .object({ id, name: z.string(), createdBy: id, createdAt: dateTime })
  .meta({ id: "Project" });

export const projects = {
  create: mutation({
    access: "project:write",
    cost: costs.write,
    records: { nothing: "routine work: the project stores its creator and creation time" },
    summary: "Creates a project.",
    input: z.strictObject({ name }),
    output: project,
    errors: ["project.too_many"],
  }),
  findOrCreate: mutation({
    access: "project:write",
    cost: costs.write,
    records: { nothing: "routine work: the project stores its creator and creation time" },
    summary:
      "Returns the project with this name, and creates it if there is none. Concurrent calls with one name return one project. " +
      "If several projects already have the name, it fails.",
    input: z.strictObject({ name }),
    output: z
      .object({ project, created: z.boolean().describe("False if the project already existed.") })
      .meta({ id: "FoundOrCreatedProject" }),
    errors: ["project.ambiguous", "project.too_many"],
  }),
  get: query({
    access: "project:read",
    cost: costs.read,
    summary: "Returns a project.",
    input: z.strictObject({ id }),
    output: project,
    errors: ["project.not_found"],
  }),
  update: mutation({
    access: "project:write",
    cost: costs.write,
    records: { nothing: "routine work: any member who may write can undo the change" },
    summary: "Renames a project.",
    input: z.strictObject({ id, name }),
    output: project,
    errors: ["project.not_found"],
  }),
  delete: mutation({
    access: "project:delete",
    cost: costs.recorded,
    records: "project.deleted",
    summary: "Deletes a project and all its tasks.",
    input: z.strictObject({ id }),
    output: z.object({ id }),
    errors: ["project.not_found"],
  }),
  list: query({
    access: "project:read",
    cost: { ...costs.list, given: { search: 5 } },
    summary: "Lists the projects of the workspace, newest first.",
    input: z.strictObject({ ...pageInput, search: search.optional() }).default({ limit: 20 }),
    output: page(project),
    errors: ["cursor.invalid"],
  }),
};
