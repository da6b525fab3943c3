// The database package: the schema, its migrations and policies, the embedded PostgreSQL, and the tenant-scoped client.
export type { AuditEntry, AuditValue, PersonalValues } from "./tenant/audit/append-audit.ts";
export type { Erasure } from "./people/erase-person.ts";
export type { AuditListInput, AuditLogRow } from "./tenant/audit/list-audit.ts";
export type { AuditPageInput, AuditPageRow } from "./tenant/audit/read-audit.ts";
export type { Denial } from "./tenant/audit/record-denial.ts";
export {
  type AuditRow,
  type ChainExpectations,
  type ChainPoint,
  type ChainProblem,
  type ChainVerdict,
  type PersonalRecord,
  verifyChain,
} from "./tenant/audit/verify-chain.ts";
export type { AccountStore, NewOneTimeToken, Purpose } from "./people/accounts.ts";
export { checkLayout } from "./login/check-layout.ts";
export { type DatabaseLayout, databaseLayouts } from "./login/database-layout.ts";
export { createDb, type DbOptions, type ReplicaOptions } from "./db.ts";
export type { DatabaseLoad, Db, ReadOptions, WriteOptions } from "./db-interface.ts";
export { readPositionQuery } from "./replica/read-position.ts";
export { replicaProblem } from "./replica/replica-check.ts";
export {
  type ReplicaChange,
  type ReplicaProblem,
  replicaProblems,
  type ReplicaState,
} from "./replica/replica-state.ts";
export {
  brokenConstraint,
  DatabaseBusy,
  DatabaseDown,
  failureOf,
  isMissingRow,
  KeyInProgress,
  KeyTaken,
  MembershipChanged,
  WriteInReadScope,
} from "./connection/failures.ts";
export { type Condition, conditionNames } from "./connection/conditions.ts";
export type { ConnectionProblem } from "./connection/problems/connection-problem-row.ts";
export { connectionProblem, connectionProblems } from "./connection/problems/connection-problem.ts";
export {
  type ConnectionObserver,
  type MessageConnection,
  type MessageObserver,
  type ReplicaOutcome,
  replicaOutcomes,
  type ResendCause,
  resendCauses,
} from "./connection/observers.ts";
export type { PoolSize, PoolState } from "./pool/bounded-pool.ts";
export {
  type ClaimedMail,
  type MailFailure,
  type MailBacklog,
  type MailStatus,
  mailStatuses,
  type MailStore,
  type QueuedMail,
  type ResendResult,
} from "./people/mail-outbox.ts";
export type { MailDelivery, MailProblem } from "./tenant/mail-delivery.ts";
export { listServers } from "./servers/list-servers.ts";
export {
  ALIVE_SECONDS,
  type KeyCheck,
  type LivingServer,
  type ServerEntry,
  type ServerStore,
} from "./servers/server-store.ts";
export type { AccountTables } from "./people/change-account.ts";
export type { KeyStore, StoredAnswer } from "./people/key-store.ts";
export type { Claim, ClaimWithAnswer, KeyedCall } from "./scope/claim.ts";
export type { AddressedInvite, InviteLookup, OpenInvite, PersonInvite } from "./people/invite-lookup.ts";
export type { ServiceKeyLookup, ServiceKeyRecord } from "./people/service-key-lookup.ts";
export { type ConnectionFacts, inspectConnection } from "./pool/inspect-connection.ts";
export { durabilities, lossySettings, type Durability } from "./login/durable-settings.ts";
export { UnsafeSettings } from "./pool/settings-check.ts";
export { type OwnerRights, ownerRights } from "./login/owner-rights.ts";
export { type MigrationState, migrationState } from "./migrations/migration-state.ts";
export { openPool, openReplicaPool, type ServerPool } from "./pool/open-pool.ts";
export type { PoolOptions } from "./pool/pool-options.ts";
export type { CookieSessionStore } from "./people/cookie-sessions.ts";
export type {
  PrefetchRequest,
  SessionMode,
  SessionPrefetch,
  SessionRecord,
} from "./people/session-lookup.ts";
export type { AccountEvent, Device, SessionStore } from "./people/sessions.ts";
export type { OperatorWorkspace } from "./people/operator-workspaces.ts";
export type { WorkspaceAdmin, WorkspaceCounts } from "./tenant/workspace-facts.ts";
export type { PersonRead, SystemTables } from "./people/models.ts";
export type { TenantRead, TenantWrite } from "./tenant/models.ts";
export type { PreparedQuery } from "./scope/statements.ts";
export { UUID } from "./scope/uuid.ts";
export type { ListOrder, ListPosition } from "./tenant/list-order.ts";
export {
  type ListedTaskRow,
  type TaskListing,
  taskQuery,
  type TaskRow,
  taskListQuery,
} from "./tenant/tasks.ts";
export type { NewWorkspace } from "./tenant/create-workspace.ts";
export type { InviteRow, InviteStatus } from "./tenant/invites.ts";
export {
  type ExportTable,
  exportTables,
  type Fingerprint,
  type ImportedRecordRow,
  type RecordPosition,
} from "./tenant/transfer/export-rows.ts";
export type { ImportRow } from "./tenant/transfer/import-state.ts";
export type { OpenWork } from "./tenant/transfer/finish-import.ts";
export type { ImportedTable } from "./tenant/transfer/import-rows.ts";
export type { MemberRow } from "./tenant/members.ts";
export type { KeptSecret, ServiceKeyRow, ServiceKeyStatus } from "./tenant/service-keys.ts";
export type { WorkspaceRow } from "./tenant/workspaces.ts";
export {
  createDirectory,
  EmbeddedPostgresError,
  fileProblem,
  startEmbeddedPostgres,
} from "./embedded/index.ts";
export { checkLogin, checkOperatorLogin, UnsafeLogin } from "./login/check-login.ts";
export { addressParameters, type AddressParameter } from "./login/address/address-parameters.ts";
export {
  PostgresAddressError,
  readPostgresAddress,
  type PostgresAddress,
  type PostgresTarget,
} from "./login/postgres-address.ts";
export {
  checkServer,
  checkServerOf,
  checkSession,
  type PoolerKind,
  poolerOf,
  type ServerFacts,
  serverFacts,
  serverProblems,
  UnsuitableServer,
} from "./login/check-server.ts";
export type { Login } from "./login/login.ts";
export { prepareLogin, prepareOperatorLogin } from "./setup/prepare-login.ts";
export { SecretError, secretOf } from "./login/secret-of.ts";
export { withOwner } from "./login/with-owner.ts";
export { type MigrateFlags, MIGRATE_USAGE, readMigrateFlags } from "./cli/migrate-flags.ts";
export { type MigrateIo, runMigrate } from "./cli/run-migrate.ts";
export { aheadWarning, checkSchema } from "./migrations/check-schema.ts";
export { migrate, type MigrateOptions, MigrationError } from "./migrations/migrate.ts";
export { setUpDatabase, type SetupOptions } from "./setup/set-up-database.ts";
export { backupRoleCommand, type CommandInput } from "./cli/backup-role-command.ts";
export { checkDump, type DumpReport } from "./backup/check-dump.ts";
export { DumpUnreadable, readDump } from "./backup/read-dump.ts";
export { type DatabaseReport, verifyDatabase } from "./backup/verify-database.ts";
export { verifyDatabaseCommand, verifyDumpCommand } from "./cli/verify-commands.ts";
export type { AfterRestore, RestoredState } from "./people/after-restore.ts";
export { SetupProblem } from "./setup/setup-problem.ts";
