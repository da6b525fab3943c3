import type { Role } from "@projostack/authz";

interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly deletedAt: Date | null;
}

/** Converts a workspace to the form that its members see, with the member's role. */
export const toOwnWorkspace = ({ id, name, createdBy, createdAt, deletedAt }: WorkspaceRow, role: Role) => ({
  id,
  name,
  createdBy,
  createdAt: createdAt.toISOString(),
  deletedAt: deletedAt?.toISOString() ?? null,
  role,
});
