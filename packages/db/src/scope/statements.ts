// What a workspace's transaction does that Prisma cannot say: conditions on other rows, locks, several tables at once.
// Each is one statement, and runs under row-level security like the rest. No statement names its workspace: the
// policies bound to the transaction do, and what is inserted takes it from there.
import type { AuditStatements } from "../tenant/audit/audit-statements.ts";
import type { Question } from "./transaction.ts";
import type { SqlText } from "./sql-text.ts";
import type { InviteStatements } from "../tenant/invites.ts";
import type { MemberStatements } from "../tenant/members.ts";
import type { ProjectStatements } from "../tenant/projects.ts";
import type { ServiceKeyStatements } from "../tenant/service-keys.ts";
import type { TaskStatements } from "../tenant/tasks.ts";
import type { WorkspaceStatements } from "../tenant/workspaces.ts";

/** A transaction, as far as it takes SQL. */
export interface Statements {
  $queryRaw<T>(text: SqlText, ...values: unknown[]): Promise<T>;
  /** @returns how many rows were changed */
  $executeRaw(text: SqlText, ...values: unknown[]): Promise<number>;
  /** The answer to a question, which may have been asked already, together with who asks. */
  ask<R>(question: Question<R>): Promise<R[]>;
  /** Has a statement sent with the COMMIT. If it fails, nothing of the transaction is kept. */
  closeWith(statement: string): void;
}

export interface TenantStatements {
  readonly members: MemberStatements;
  readonly invites: InviteStatements;
  readonly projects: ProjectStatements;
  readonly serviceKeys: ServiceKeyStatements;
  readonly tasks: TaskStatements;
  readonly workspaces: WorkspaceStatements;
  readonly audit: AuditStatements;
}

/** The same, as far as nothing is changed. */
export interface TenantLists {
  readonly members: Pick<MemberStatements, "list">;
  readonly invites: Pick<InviteStatements, "list">;
  readonly serviceKeys: Pick<ServiceKeyStatements, "list">;
  readonly tasks: Pick<TaskStatements, "find" | "list" | "count">;
  readonly audit: Omit<AuditStatements, "append" | "appendAtCommit">;
}

/** Where a page of a list begins and how long it is: newest first, after this id. */
export interface ListPage {
  readonly after: string | undefined;
  readonly limit: number;
}
