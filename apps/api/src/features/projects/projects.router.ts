import { contract } from "@projostack/contract";
import { adminProcedure, router, workspaceProcedure } from "../../rpc/procedures.ts";
import { createProject } from "./create-project.ts";
import { findOrCreateProject } from "./find-or-create-project.ts";
import { getProject } from "./get-project.ts";
import { listProjects } from "./list-projects.ts";
import { removeProject } from "./remove-project.ts";
import { updateProject } from "./update-project.ts";

const c = contract.projects;

export const projectsRouter = router({
  create: workspaceProcedure(c.create, { lockMembers: true }).mutation(({ ctx, input }) =>
    createProject(ctx.ws, ctx.services, input),
  ),
  findOrCreate: workspaceProcedure(c.findOrCreate, { lockMembers: true }).mutation(({ ctx, input }) =>
    findOrCreateProject(ctx.ws, ctx.services, input),
  ),
  get: workspaceProcedure(c.get).query(({ ctx, input }) => getProject(ctx.ws, input)),
  update: workspaceProcedure(c.update).mutation(({ ctx, input }) => updateProject(ctx.ws, input)),
  delete: adminProcedure(c.delete).mutation(({ ctx, input }) => removeProject(ctx.ws, ctx.services, input)),
  list: workspaceProcedure(c.list).query(({ ctx, input }) => listProjects(ctx.ws, input)),
});
