import { audit } from "./operations/audit.ts";
import { auth } from "./operations/auth.ts";
import type { Operation } from "./define.ts";
import { email } from "./operations/email.ts";
import { invites } from "./operations/invites.ts";
import { members } from "./operations/members.ts";
import { password } from "./operations/password.ts";
import { projects } from "./operations/projects.ts";
import { serviceKeys } from "./operations/service-keys.ts";
import { sessions } from "./operations/sessions.ts";
import { system } from "./operations/system.ts";
import { tasks } from "./operations/tasks.ts";
import { tokens } from "./operations/tokens.ts";
import { workspaceData } from "./operations/workspace-data.ts";
import { workspaces } from "./operations/workspaces.ts";

/** All operations, by resource. */
export const contract = {
  audit,
  auth,
  email,
  invites,
  members,
  password,
  projects,
  serviceKeys,
  sessions,
  system,
  tasks,
  tokens,
  workspaceData,
  workspaces,
} satisfies Record<string, Record<string, Operation>>;

export type Contract = typeof contract;

/** What each resource is, in one or two sentences. The reference, the SDK and OpenAPI show it. */
export const resourceDescriptions: Readonly<Record<keyof Contract, string>> = {
  audit:
    "The audit log of a workspace: who did what and when. Its entries form a hash chain that shows later changes.",
  auth: "Accounts, sign-in and sign-out, and the refresh of tokens.",
  email: "The verification of the email address of an account.",
  invites: "Invitations of email addresses to a workspace, sent by mail and by a link.",
  members: "The users who belong to a workspace, each with a role.",
  password: "The password of an account: to change it, or to set a new one with a mailed link.",
  projects: "Named sets of tasks in a workspace.",
  serviceKeys: "Credentials with which other programs act in one workspace.",
  sessions: "The sessions of the caller: one for each sign-in, for example one for each device.",
  system: "The server itself.",
  tasks: "Pieces of work in a project, with a title and a status.",
  tokens: "The check of a user's access token by another service.",
  workspaceData:
    "The export of all data of a workspace, and the import into an empty workspace of this or another server.",
  workspaces:
    "Tenants. Each workspace has its own members, projects, tasks, invites, service keys and audit log, closed to all others.",
};

export interface NamedOperation {
  /** The full name, such as `tasks.create`. */
  readonly name: string;
  readonly operation: Operation;
}

/** All operations, sorted by name. */
export const operations: readonly NamedOperation[] = Object.entries(contract)
  .flatMap(([noun, verbs]: [string, Record<string, Operation>]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ name: `${noun}.${verb}`, operation })),
  )
  .toSorted((a, b) => (a.name < b.name ? -1 : 1));
