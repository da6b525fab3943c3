// The procedures of the usual stack. Each awaits three queries: the session by the hash of its token, the membership, the data.
import { initTRPC, TRPCError } from "@trpc/server";
import { createHash } from "node:crypto";
import { createInput, getInput, listInput, project, task, taskPage } from "../schemas.ts";
import { createTask, getProject, getTask, listTasks, type TenantTables } from "../tenant-data.ts";
import type { PrismaClient } from "./prisma.ts";

export interface Context {
  readonly authorization: string | undefined;
  readonly workspaceId: string | undefined;
}

interface Stack {
  readonly prisma: Pick<PrismaClient, "session" | "workspaceMember">;
  /** Returns the client for the rows of a workspace. */
  readonly tablesOf: (workspaceId: string) => TenantTables;
}

const READERS = ["viewer", "member", "admin"];
const WRITERS = ["member", "admin"];

export function createRouter({ prisma, tablesOf }: Stack) {
  const t = initTRPC.context<Context>().create();

  const authed = t.procedure.use(async ({ ctx, next }) => {
    const token = /^Bearer (.+)$/.exec(ctx.authorization ?? "")?.[1];
    if (token === undefined) throw new TRPCError({ code: "UNAUTHORIZED" });
    const tokenHash = createHash("sha256").update(token).digest("hex");
    const session = await prisma.session.findUnique({ where: { tokenHash } });
    if (!session || session.expiresAt <= new Date()) throw new TRPCError({ code: "UNAUTHORIZED" });
    return next({ ctx: { userId: session.userId } });
  });

  const inWorkspace = (roles: readonly string[]) =>
    authed.use(async ({ ctx: { userId, workspaceId }, next }) => {
      if (workspaceId === undefined) throw new TRPCError({ code: "BAD_REQUEST" });
      const member = await prisma.workspaceMember.findUnique({
        where: { workspaceId_userId: { workspaceId, userId } },
      });
      if (!member) throw new TRPCError({ code: "NOT_FOUND" });
      if (!roles.includes(member.role)) throw new TRPCError({ code: "FORBIDDEN" });
      return next({ ctx: { scope: { tables: tablesOf(workspaceId), workspaceId, userId } } });
    });

  return t.router({
    tasks: {
      get: inWorkspace(READERS)
        .input(getInput)
        .output(task)
        .query(({ ctx, input }) => getTask(ctx.scope, input.id)),
      list: inWorkspace(READERS)
        .input(listInput)
        .output(taskPage)
        .query(({ ctx, input }) => listTasks(ctx.scope, input)),
      create: inWorkspace(WRITERS)
        .input(createInput)
        .output(task)
        .mutation(({ ctx, input }) => createTask(ctx.scope, input)),
    },
    projects: {
      get: inWorkspace(READERS)
        .input(getInput)
        .output(project)
        .query(({ ctx, input }) => getProject(ctx.scope, input.id)),
    },
  });
}

export type UsualRouter = ReturnType<typeof createRouter>;
