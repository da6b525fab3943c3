import { randomUUID } from "node:crypto";
import type { Role } from "@projostack/authz";
import type { Row } from "./insert-rows.ts";

export interface NewWorkspace {
  readonly id: string;
  readonly name?: string;
  /** The user who created the workspace and is its first member. The user must exist. */
  readonly userId: string;
  readonly role?: Role;
  readonly memberId?: string;
  readonly deletedAt?: Date | null;
}

/** The rows of a workspace and of its first member. Every test that does not create a workspace by the API inserts these. */
export const workspaceRows = ({
  id,
  userId,
  name = "Engines",
  role = "admin",
  memberId = randomUUID(),
  deletedAt = null,
}: NewWorkspace): Row[] => [
  { table: "workspaces", values: { id, name, created_by: userId, deleted_at: deletedAt } },
  {
    table: "workspace_members",
    values: { id: memberId, workspace_id: id, user_id: userId, role, locked_at: deletedAt },
  },
];
