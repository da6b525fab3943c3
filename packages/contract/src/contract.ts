import { audit } from "./audit.ts";
import { auth } from "./auth.ts";
import type { Operation } from "./define.ts";
import { email } from "./email.ts";
import { invites } from "./invites.ts";
import { members } from "./members.ts";
import { password } from "./password.ts";
import { projects } from "./projects.ts";
import { serviceKeys } from "./service-keys.ts";
import { sessions } from "./sessions.ts";
import { system } from "./system.ts";
import { tasks } from "./tasks.ts";
import { tokens } from "./tokens.ts";
import { workspaces } from "./workspaces.ts";

/** Every operation there is. */
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
  /** As it is called: `tasks.create`. */
  readonly name: string;
  readonly operation: Operation;
}

/** The operations in a list, in the order of their names. */
export const operations: readonly NamedOperation[] = Object.entries(contract)
  .flatMap(([noun, verbs]: [string, Record<string, Operation>]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ name: `${noun}.${verb}`, operation })),
  )
  .toSorted((a, b) => (a.name < b.name ? -1 : 1));
