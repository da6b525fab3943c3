// What a workspace's transaction does that Prisma cannot say: conditions on other rows, locks, several tables at once.
// Each is one statement, and runs under row-level security like the rest. No statement names its workspace: the
// policies bound to the transaction do, and what is inserted takes it from there.
import { auditStatements, type AuditStatements } from "../audit/audit-statements.ts";
import type { Prisma } from "../generated/client.ts";
import { inviteStatements, type InviteStatements } from "./invites.ts";
import { memberStatements, type MemberStatements } from "./members.ts";
import { serviceKeyStatements, type ServiceKeyStatements } from "./service-keys.ts";
import { taskStatements, type TaskStatements } from "./tasks.ts";
import { workspaceStatements, type WorkspaceStatements } from "./workspaces.ts";

/** A transaction, as far as it takes SQL. */
export type Statements = Pick<Prisma.TransactionClient, "$queryRaw">;

export interface TenantStatements {
  readonly members: MemberStatements;
  readonly invites: InviteStatements;
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
  readonly tasks: TaskStatements;
  readonly audit: Omit<AuditStatements, "append" | "appendAtCommit">;
}

export const tenantStatements = (transaction: Statements): TenantStatements => ({
  members: memberStatements(transaction),
  invites: inviteStatements(transaction),
  serviceKeys: serviceKeyStatements(transaction),
  tasks: taskStatements(transaction),
  workspaces: workspaceStatements(transaction),
  audit: auditStatements(transaction),
});

/** Where a page of a list begins and how long it is: newest first, after this id. */
export interface ListPage {
  readonly after: string | undefined;
  readonly limit: number;
}
