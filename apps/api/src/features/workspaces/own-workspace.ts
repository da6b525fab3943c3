import type { Role } from "@projostack/authz";

interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly deletedAt: Date | null;
}

/** A workspace as one of its members sees it. */
export const toOwnWorkspace = ({ id, name, createdBy, createdAt, deletedAt }: WorkspaceRow, role: Role) => ({
  id,
  name,
  createdBy,
  createdAt: createdAt.toISOString(),
  deletedAt: deletedAt?.toISOString() ?? null,
  role,
});
