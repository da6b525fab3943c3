import type { Membership, Permission, Role } from "@projostack/authz";

/** All there is, by the history's names. */
export interface World {
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
  /** One line an entry: who, the action, what it was about, and how it ended. */
  readonly log: string[];
}

interface Invite {
  readonly workspace: string;
  readonly email: string;
  readonly role: Role;
  /** The person or the key that sent it last. */
  by: string;
  token: string;
  pending: boolean;
}

export interface Key {
  readonly workspace: string;
  readonly role: Role;
  readonly scopes: readonly Permission[];
  /** Those that work: the latest, and the one before it while it goes on. */
  tokens: string[];
  revoked: boolean;
}

interface Task {
  readonly workspace: string;
  project: string;
  readonly title: string;
  status: string;
}

/** Who acts, and as what in the workspace of the request. */
export interface Who {
  /** A person, or a key. */
  readonly actor: string;
  readonly member: Membership;
}
