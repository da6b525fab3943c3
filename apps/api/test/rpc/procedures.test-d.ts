// Type tests: the compiler checks this file, and nothing runs it. Each line below a @ts-expect-error is a mistake that must
// not compile. If a line compiles, the compiler reports its comment as unused.
import type { Grant } from "@projostack/authz";
import { contract, type ApiRouter } from "@projostack/contract";
import type { Services } from "../../src/rpc/services.ts";
import { createTask } from "../../src/features/tasks/create-task.ts";
import { listTasks } from "../../src/features/tasks/list-tasks.ts";
import { removeProject } from "../../src/features/projects/remove-project.ts";
import { routers } from "../../src/router.ts";
import { tasksRouter } from "../../src/features/tasks/tasks.router.ts";
import {
  adminProcedure,
  authedProcedure,
  publicProcedure,
  router,
  workspaceProcedure,
} from "../../src/rpc/procedures.ts";
import type { ReadWs, Ws } from "../../src/rpc/ws.ts";

const { auth, projects, system, tasks, workspaces } = contract;
const task = { projectId: "p", title: "t", status: "todo" } as const;

// Each procedure accepts only operations of its own access.
publicProcedure(auth.signIn);
authedProcedure(workspaces.list);
workspaceProcedure(tasks.list);
adminProcedure(projects.delete);
// @ts-expect-error a public operation has no workspace
workspaceProcedure(auth.signIn);
// @ts-expect-error a public operation has no caller
authedProcedure(auth.signIn);
// @ts-expect-error an operation of a workspace is not public
publicProcedure(tasks.delete);
// @ts-expect-error an operation of a workspace requires more than a session
authedProcedure(tasks.delete);
// @ts-expect-error an operation that requires a session is not public
publicProcedure(workspaces.create);
// @ts-expect-error an operation that requires a session has no workspace
workspaceProcedure(workspaces.create);
// @ts-expect-error an operation for viewers is not only for admins
adminProcedure(tasks.list);
// @ts-expect-error an operation for members is not only for admins
adminProcedure(projects.update);

// A procedure can use only what its grant permits.
const empty = { items: [], nextCursor: null };
const well = () => ({ status: "ok" as const, version: "1", passwordMinLength: 15 });
workspaceProcedure(tasks.list).query(({ ctx }) => {
  // @ts-expect-error a workspace that was opened for reading cannot be written to
  void createTask(ctx.ws, ctx.services, task);
  return empty;
});
workspaceProcedure(tasks.create).mutation(({ ctx, input }) => {
  // @ts-expect-error the right to write tasks does not include the deletion of projects
  void removeProject(ctx.ws, ctx.services, { id: "p" });
  return createTask(ctx.ws, ctx.services, input);
});
authedProcedure(workspaces.list).query(({ ctx }) => {
  // @ts-expect-error an operation that requires a session has no workspace in its context
  void ctx.ws;
  return ctx.caller ? empty : empty;
});
publicProcedure(system.health).query(({ ctx }) => {
  // @ts-expect-error a public operation has no caller in its context
  void ctx.caller;
  return well();
});

declare const reading: ReadWs<"task:read">;
declare const writing: Ws<"task:write">;
declare const services: Services;
void listTasks(reading, { limit: 1 });
void createTask(writing, services, task);
// @ts-expect-error a workspace that was opened for reading cannot be written to
void createTask(reading, services, task);
// @ts-expect-error a workspace that was opened for reading has no create()
void reading.db.task.create;
// @ts-expect-error a workspace that was opened for reading records no audit entries
void reading.audit;
// @ts-expect-error users are not reachable through a workspace
void writing.db.user;
// @ts-expect-error sessions are not reachable through a workspace
void writing.db.session;

// Only authorize() creates a grant.
const claimed = { workspaceId: "w", userId: "u", role: "admin", permission: "task:write" } as const;
// @ts-expect-error a plain object is no grant
claimed satisfies Grant<"task:write">;
// @ts-expect-error a workspace with such an object is not accepted
void createTask({ ...writing, grant: claimed }, task);

// The router is the contract, whole.
router(routers) satisfies ApiRouter;
const { tasks: _tasks, ...withoutTasks } = routers;
// @ts-expect-error a resource is missing
router(withoutTasks) satisfies ApiRouter;
const health = publicProcedure(system.health);
router({ ...routers, system: router({ health: health.query(well) }) }) satisfies ApiRouter;
// @ts-expect-error a verb is missing
router({ ...routers, system: router({}) }) satisfies ApiRouter;
// @ts-expect-error what the contract has as a query is no mutation
void health.mutation;
// @ts-expect-error the answer is not what the contract says
health.query(() => ({ status: "ok" as const }));
// @ts-expect-error nor is this
health.query(() => ({ status: "fine", version: "1", passwordMinLength: 15 }));
// @ts-expect-error the router belongs to another resource
router({ ...routers, projects: tasksRouter }) satisfies ApiRouter;
