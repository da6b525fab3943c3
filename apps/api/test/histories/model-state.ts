import type { Membership, Permission, Role } from "@projostack/authz";

/** All objects of a history, by their names in it. */
export interface State {
  readonly workspaces: Record<string, Workspace>;
  readonly invites: Record<string, Invite>;
  readonly keys: Record<string, Key>;
  readonly projects: Record<string, { readonly workspace: string; title: string }>;
  readonly tasks: Record<string, Task>;
}

export interface Workspace {
  title: string;
  deleted: boolean;
  readonly members: Record<string, Role>;
  /** One line for each entry: actor, action, target and outcome. */
  readonly log: string[];
}

interface Invite {
  readonly workspace: string;
  readonly email: string;
  readonly role: Role;
  /** The user or key that sent it last. */
  by: string;
  token: string;
  pending: boolean;
  declined: boolean;
}

export interface Key {
  readonly workspace: string;
  readonly role: Role;
  readonly scopes: readonly Permission[];
  /** The valid tokens: the newest, and the previous one during an overlap. */
  tokens: string[];
  revoked: boolean;
}

interface Task {
  readonly workspace: string;
  project: string;
  readonly title: string;
  status: string;
}

/** The actor of a call, and their membership in the workspace of the request. */
export interface Caller {
  /** A user or a key. */
  readonly actor: string;
  readonly member: Membership;
}
