import type { ApiRouter } from "@projostack/contract";
import { auditRouter } from "./features/audit/audit.router.ts";
import { authRouter } from "./features/auth/auth.router.ts";
import { emailRouter } from "./features/email/email.router.ts";
import { invitesRouter } from "./features/invites/invites.router.ts";
import { membersRouter } from "./features/members/members.router.ts";
import { passwordRouter } from "./features/password/password.router.ts";
import { projectsRouter } from "./features/projects/projects.router.ts";
import { serviceKeysRouter } from "./features/service-keys/service-keys.router.ts";
import { sessionsRouter } from "./features/sessions/sessions.router.ts";
import { systemRouter } from "./features/system/system.router.ts";
import { tasksRouter } from "./features/tasks/tasks.router.ts";
import { tokensRouter } from "./features/tokens/tokens.router.ts";
import { workspaceDataRouter } from "./features/workspace-data/workspace-data.router.ts";
import { workspacesRouter } from "./features/workspaces/workspaces.router.ts";
import { router } from "./rpc/procedures.ts";

/** The router of each resource. */
export const routers = {
  audit: auditRouter,
  auth: authRouter,
  email: emailRouter,
  invites: invitesRouter,
  members: membersRouter,
  password: passwordRouter,
  projects: projectsRouter,
  serviceKeys: serviceKeysRouter,
  sessions: sessionsRouter,
  system: systemRouter,
  tasks: tasksRouter,
  tokens: tokensRouter,
  workspaceData: workspaceDataRouter,
  workspaces: workspacesRouter,
};

/** What the contract says, and nothing else: the compiler compares the two. */
export const appRouter = router(routers) satisfies ApiRouter;
