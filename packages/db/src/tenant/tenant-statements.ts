import type { AuditStatements } from "./audit/audit-statements.ts";
import type { InviteStatements } from "./invites.ts";
import type { MemberStatements } from "./members.ts";
import type { ProjectStatements } from "./projects.ts";
import type { ServiceKeyStatements } from "./service-keys.ts";
import type { TaskStatements } from "./tasks.ts";
import type { ExportStatements } from "./transfer/export-rows.ts";
import type { ImportStatements } from "./transfer/import-statements.ts";
import type { WorkspaceStatements } from "./workspaces.ts";

/** The SQL statements of a workspace for writing, by resource. */
export interface TenantStatements {
  readonly members: MemberStatements;
  readonly invites: InviteStatements;
  readonly projects: ProjectStatements;
  readonly serviceKeys: ServiceKeyStatements;
  readonly tasks: TaskStatements;
  readonly workspaces: WorkspaceStatements;
  readonly audit: AuditStatements;
  readonly exports: ExportStatements;
  readonly imports: ImportStatements;
}

/** The SQL statements of a workspace for reading, by resource. */
export interface TenantLists {
  readonly members: Pick<MemberStatements, "find" | "list">;
  readonly invites: Pick<InviteStatements, "list">;
  readonly serviceKeys: Pick<ServiceKeyStatements, "list">;
  readonly projects: Pick<ProjectStatements, "list" | "countTasks">;
  readonly tasks: Pick<TaskStatements, "find" | "list" | "count">;
  readonly workspaces: Pick<WorkspaceStatements, "count">;
  readonly audit: Omit<AuditStatements, "append" | "appendAtCommit">;
  readonly exports: ExportStatements;
}
