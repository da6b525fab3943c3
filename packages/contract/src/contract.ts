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
  workspaces,
} satisfies Record<string, Record<string, Operation>>;

export type Contract = typeof contract;

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
