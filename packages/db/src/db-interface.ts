// The interface of the access to the data. `db.ts` implements it.
import type { Grant } from "@projostack/authz";
import type { PoolSize } from "./pool/bounded-pool.ts";
import type { MessageObserver } from "./connection/observers.ts";
import type { ReplicaState } from "./replica/replica-state.ts";
import type { Workspace } from "./generated/client.ts";
import type { AfterRestore } from "./people/after-restore.ts";
import type { AccountMails } from "./people/account-mails.ts";
import type { AccountStore } from "./people/accounts.ts";
import type { AccountTables } from "./people/change-account.ts";
import type { CheckedTokens } from "./people/checked-tokens.ts";
import type { ErasePerson } from "./people/erase-person.ts";
import type { InviteLookup } from "./people/invite-lookup.ts";
import type { KeyStore } from "./people/key-store.ts";
import type { MailStore } from "./people/mail-outbox.ts";
import type { OperatorWorkspaces } from "./people/operator-workspaces.ts";
import type { PersonRead, SystemTables } from "./people/models.ts";
import type { ServiceKeyLookup } from "./people/service-key-lookup.ts";
import type { CookieSessionStore } from "./people/cookie-sessions.ts";
import type { SessionStore } from "./people/sessions.ts";
import type { ServerStore } from "./servers/server-store.ts";
import type { KeyedCall } from "./scope/claim.ts";
import type { PrefetchedRows } from "./scope/statements.ts";
import type { RecordDenial, SettleDenials } from "./tenant/audit/record-denial.ts";
import type { NewWorkspace } from "./tenant/create-workspace.ts";
import type { TenantRead, TenantWrite } from "./tenant/models.ts";

export interface Db {
  /**
   * Reads in the grant's workspace, in a read-only transaction.
   */
  read<T>(grant: Grant, fn: (tables: TenantRead) => Promise<T>, options?: ReadOptions): Promise<T>;
  /**
   * Writes in the grant's workspace, in one transaction. It reads the membership or the service key again and locks it.
   * @throws MembershipChanged when the membership or key has ended, or no longer has the grant's permission
   */
  write<T>(grant: Grant, fn: (tables: TenantWrite) => Promise<T>, options?: WriteOptions<T>): Promise<T>;
  /** Creates a workspace with its founder as admin, and runs `fn` in the same transaction. */
  foundWorkspace<T>(
    founding: NewWorkspace,
    fn: (tables: TenantWrite, workspace: Workspace) => Promise<T>,
    keyed?: KeyedCall<NoInfer<T>>,
  ): Promise<T>;
  /** Enters a workspace for a user who accepts or declines an invite. It locks the workspace row, as `lockMembers` does. */
  answerInvite<T>(
    workspaceId: string,
    fn: (tables: TenantWrite) => Promise<T>,
    keyed?: KeyedCall<NoInfer<T>>,
  ): Promise<T>;
  /**
   * Deletes the workspaces that can no longer be restored, except their audit logs.
   * @returns the ids of the purged workspaces, and the errors of those that could not be purged
   */
  purgeWorkspaces(): Promise<{ purged: string[]; problems: unknown[] }>;
  /** Reads the memberships and workspaces of one user, in a read-only transaction. */
  readPerson<T>(userId: string, fn: (tables: PersonRead) => Promise<T>): Promise<T>;
  /** Prisma's models of users and sessions. */
  readonly system: SystemTables;
  /** Sessions. `find` is the first query of every authenticated request and takes one round trip. */
  readonly sessions: SessionStore;

  readonly cookieSessions: CookieSessionStore;
  /** Account changes. Each is one statement that also queues the mail and inserts the account event. */
  readonly accounts: AccountStore;
  /** Changes an account in one transaction with the idempotency key of the call. */
  changeAccount<T>(keyed: KeyedCall<NoInfer<T>>, fn: (tables: AccountTables) => Promise<T>): Promise<T>;
  /** The idempotency keys of mutations. */
  readonly keys: KeyStore;
  /** The status of the mails to a user, for that user. */
  readonly accountMails: AccountMails;
  /** Invites, found by a token or by the invited user, without entering the workspace. */
  readonly invites: InviteLookup;
  /** Service keys, found by id to authenticate a request. */
  readonly serviceKeys: ServiceKeyLookup;
  /** The mail outbox, for the mail worker. */
  readonly mail: MailStore;
  /** The running servers, which a starting server compares itself with. */
  readonly servers: ServerStore;
  /**
   * Records a denial in the workspace's audit log, in a separate transaction. At most 100 an hour are recorded for an actor.
   * @returns false when the denial was not recorded: it exceeds the cap and is only counted, or the workspace does not exist
   */
  readonly recordDenial: RecordDenial;
  /** Appends an entry for each actor whose denials exceeded the cap in past hours. @returns the number of workspaces */
  readonly settleDenials: SettleDenials;
  /** Reads when servers began to issue checked tokens, and the current time: both in Unix time, by the database's clock. */
  readonly checkedTokens: CheckedTokens;
  /** Erases a user's personal values from every audit log. It needs the operator's login; the server's login lacks the right. */
  readonly erasePerson: ErasePerson;
  /** The workspaces of the deployment, for operators: names, times and numbers of rows. */
  readonly operatorWorkspaces: OperatorWorkspaces;
  /** Ends what must not continue after a restore to an earlier time, for the operator. */
  readonly afterRestore: AfterRestore;
  /** Checks within a second that the database answers and accepts writes. @throws DatabaseBusy | DatabaseDown */
  ping(): Promise<void>;
  /** The number of connections, of idle connections, of callers that wait for one, and the most connections. */
  poolState(): PoolSize;
  /** Whether a replica is configured and answers reads now. */
  readonly usesReplica: boolean;
  /** The state of the replica; null without one. */
  replicaState(): ReplicaState | null;
  /** The current load of the database's connections. */
  load(): DatabaseLoad;
  /** Returns a client over the same connections that reports each message it sends, for one request. */
  observedBy(messages: MessageObserver): Db;
  /** Ends every connection. A connection that is still in use after a second is destroyed. */
  close(): Promise<void>;
}

export interface ReadOptions {
  /** Rows that were read during authentication: an equal query returns them without a round trip. */
  readonly prefetched?: PrefetchedRows | undefined;
  /**
   * Whether the replica may answer the SQL statements. It answers only with a state that contains everything that was committed
   * before this call, or before `readPositionQuery` was prefetched. Otherwise the primary answers.
   */
  readonly mayReadReplica?: boolean;
}

export interface DatabaseLoad {
  /** How much longer quick reads take than the fastest recent ones, in ms; 0 without shared connections. */
  readonly delayMs: number;
  /** Whether the queue of quick reads is full, so that the next one fails at once. */
  readonly refusesReads: boolean;
  /** The expected time in ms until every caller that waits now has got a connection; 0 while one is free. */
  readonly poolDelayMs: number;
  /** The number of callers that wait for a connection of the pool. */
  readonly waiting: number;
  /** The number of quick reads that were sent on shared connections and not answered. */
  readonly sharedWaiting: number;
}

export interface WriteOptions<T = unknown> {
  /**
   * Locks the workspace row first. Transactions with this option run one after another, and each sees what the one before
   * committed: use it for every change of members, and for a count that limits an insert.
   */
  readonly lockMembers?: boolean;
  /**
   * Sends the statement together with its COMMIT, in one round trip. The transaction then takes exactly one SQL statement,
   * no Prisma model and no audit entry. @throws Error at a second statement
   */
  readonly singleStatement?: boolean;
  /** Enters a deleted workspace, and only a deleted one. Without it, entering a deleted workspace fails. */
  readonly deleted?: boolean;
  /**
   * The idempotency key of the call. The transaction inserts its row first and stores the answer with its COMMIT. With
   * `singleStatement` the answer is the row that the statement creates. @throws KeyTaken | KeyInProgress
   */
  readonly keyed?: KeyedCall<NoInfer<T>> | undefined;
}
