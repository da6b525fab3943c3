import type { Role } from "@projostack/authz";

interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** A workspace as one of its members sees it. */
export const toOwnWorkspace = ({ id, name, createdBy, createdAt }: WorkspaceRow, role: Role) => ({
  id,
  name,
  createdBy,
  createdAt: createdAt.toISOString(),
  role,
});
