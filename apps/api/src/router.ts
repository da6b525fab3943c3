import type { ApiRouter } from "@projostack/contract";
import { authRouter } from "./features/auth/auth.router.ts";
import { emailRouter } from "./features/email/email.router.ts";
import { passwordRouter } from "./features/password/password.router.ts";
import { projectsRouter } from "./features/projects/projects.router.ts";
import { sessionsRouter } from "./features/sessions/sessions.router.ts";
import { systemRouter } from "./features/system/system.router.ts";
import { tasksRouter } from "./features/tasks/tasks.router.ts";
import { workspacesRouter } from "./features/workspaces/workspaces.router.ts";
import { router } from "./rpc/procedures.ts";

/** What the contract says, and nothing else: the compiler compares the two. */
export const appRouter = router({
  auth: authRouter,
  email: emailRouter,
  password: passwordRouter,
  projects: projectsRouter,
  sessions: sessionsRouter,
  system: systemRouter,
  tasks: tasksRouter,
  workspaces: workspacesRouter,
}) satisfies ApiRouter;
