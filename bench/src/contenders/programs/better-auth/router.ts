// The procedures of the better-auth contenders, which differ in how they check a permission.
import { initTRPC, TRPCError } from "@trpc/server";
import { createInput, getInput, listInput, project, task, taskPage } from "../schemas.ts";
import { createTask, getProject, getTask, listTasks, type TenantTables } from "../tenant-data.ts";
import type { Auth } from "./auth.ts";

export interface Context {
  readonly headers: Headers;
  readonly workspaceId: string | undefined;
}

export type Permission = { readonly task: ["read" | "write"] } | { readonly project: ["read"] };

export interface PermissionCheck {
  readonly headers: Headers;
  readonly workspaceId: string;
  readonly userId: string;
  readonly permission: Permission;
}

interface Stack {
  readonly auth: Auth;
  readonly tables: TenantTables;
  /** @throws TRPCError if the user does not have the permission */
  readonly check: (check: PermissionCheck) => Promise<void>;
}

export function createRouter({ auth, tables, check }: Stack) {
  const t = initTRPC.context<Context>().create();

  const authed = t.procedure.use(async ({ ctx, next }) => {
    const session = await auth.api.getSession({ headers: ctx.headers });
    if (!session) throw new TRPCError({ code: "UNAUTHORIZED" });
    return next({ ctx: { userId: session.user.id } });
  });

  const permitted = (permission: Permission) =>
    authed.use(async ({ ctx: { headers, userId, workspaceId }, next }) => {
      if (workspaceId === undefined) throw new TRPCError({ code: "BAD_REQUEST" });
      await check({ headers, workspaceId, userId, permission });
      return next({ ctx: { scope: { tables, workspaceId, userId } } });
    });

  return t.router({
    tasks: {
      get: permitted({ task: ["read"] })
        .input(getInput)
        .output(task)
        .query(({ ctx, input }) => getTask(ctx.scope, input.id)),
      list: permitted({ task: ["read"] })
        .input(listInput)
        .output(taskPage)
        .query(({ ctx, input }) => listTasks(ctx.scope, input)),
      create: permitted({ task: ["write"] })
        .input(createInput)
        .output(task)
        .mutation(({ ctx, input }) => createTask(ctx.scope, input)),
    },
    projects: {
      get: permitted({ project: ["read"] })
        .input(getInput)
        .output(project)
        .query(({ ctx, input }) => getProject(ctx.scope, input.id)),
    },
  });
}
