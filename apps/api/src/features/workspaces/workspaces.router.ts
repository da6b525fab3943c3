import { contract } from "@projostack/contract";
import { authedProcedure, router, workspaceProcedure } from "../../rpc/procedures.ts";
import { createWorkspace } from "./create-workspace.ts";
import { deleteWorkspace } from "./delete-workspace.ts";
import { getWorkspace } from "./get-workspace.ts";
import { leaveWorkspace } from "./leave-workspace.ts";
import { listWorkspaces } from "./list-workspaces.ts";
import { renameWorkspace } from "./rename-workspace.ts";
import { restoreWorkspace } from "./restore-workspace.ts";
import { switchWorkspace } from "./switch-workspace.ts";

const c = contract.workspaces;

export const workspacesRouter = router({
  create: authedProcedure(c.create).mutation(({ ctx, input }) => createWorkspace(ctx, ctx.caller, input)),
  list: authedProcedure(c.list).query(({ ctx, input }) =>
    listWorkspaces(ctx.services, ctx.caller.user.id, input),
  ),
  get: workspaceProcedure(c.get).query(({ ctx, input }) => getWorkspace(ctx.ws, input)),
  switch: authedProcedure(c.switch).mutation(({ ctx, input }) =>
    switchWorkspace(ctx.services, ctx.caller, input),
  ),
  rename: workspaceProcedure(c.rename).mutation(({ ctx, input }) => renameWorkspace(ctx.ws, input)),
  leave: authedProcedure(c.leave).mutation(({ ctx, input }) => leaveWorkspace(ctx, ctx.caller, input)),
  delete: workspaceProcedure(c.delete, { endsAccess: true }).mutation(({ ctx, input }) =>
    deleteWorkspace(ctx.ws, input),
  ),
  restore: authedProcedure(c.restore).mutation(({ ctx, input }) => restoreWorkspace(ctx, ctx.caller, input)),
});
