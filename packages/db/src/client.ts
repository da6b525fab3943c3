// A client of the database. Each request has a client of its own, which must cost little: the methods belong to the class, and a
// store is created when it is used.
import type { Grant } from "@projostack/authz";
import type { Prisma, PrismaClient, Workspace } from "./generated/client.ts";
import type { Db, ReadOptions, WriteOptions } from "./db-interface.ts";
import { failureOf } from "./connection/failures.ts";
import type { MessageObserver } from "./connection/observers.ts";
import { afterRestore } from "./people/after-restore.ts";
import { accountMails } from "./people/account-mails.ts";
import { accountStore } from "./people/accounts.ts";
import { changeAccount, type AccountTables } from "./people/change-account.ts";
import { checkedTokensReader } from "./people/checked-tokens.ts";
import { cookieSessionStore } from "./people/cookie-sessions.ts";
import { personEraser } from "./people/erase-person.ts";
import { inviteLookup } from "./people/invite-lookup.ts";
import { keyStore } from "./people/key-store.ts";
import { mailStore } from "./people/mail-outbox.ts";
import type { PersonRead } from "./people/models.ts";
import { observedTables } from "./people/observed-tables.ts";
import { operatorWorkspaces } from "./people/operator-workspaces.ts";
import { personWorkspaces } from "./people/person-workspaces.ts";
import { serviceKeyLookup } from "./people/service-key-lookup.ts";
import { PooledSessionStore } from "./people/sessions.ts";
import type { KeyedCall } from "./scope/claim.ts";
import { positionIn } from "./replica/read-position.ts";
import type { Replica } from "./replica/replica.ts";
import { currentScope } from "./scope/current-scope.ts";
import { throwFailureIn, transactions, type InTransaction } from "./scope/in-transaction.ts";
import {
  operatorRunner,
  sharedStatementRunner,
  statementRunner,
  type RunStatement,
} from "./scope/run-statement.ts";
import { openScoped, type PoolSource } from "./scope/scoped-connection.ts";
import type { ReplicaStatements, Transaction, TransactionDeps } from "./scope/transaction.ts";
import { writeScope } from "./scope/write-scope.ts";
import { serverStore } from "./servers/server-store.ts";
import { denialRecorder, denialSettler } from "./tenant/audit/record-denial.ts";
import { insertWorkspace, type NewWorkspace } from "./tenant/create-workspace.ts";
import type { TenantRead, TenantWrite } from "./tenant/models.ts";
import { purge, WORKSPACES_TO_PURGE_SQL } from "./tenant/purge.ts";
import { tablesOf } from "./tenant/tables.ts";

/** What all clients of a database share. */
export interface SharedParts
  extends Pick<Db, "ping" | "poolState" | "load" | "close">, Omit<TransactionDeps, "source"> {
  readonly systemClient: PrismaClient;
  /** Null unless a replica is configured. */
  readonly replica: Replica | null;
}

export class Client implements Db {
  readonly #parts: SharedParts;
  readonly #source: PoolSource;

  constructor(parts: SharedParts, source: PoolSource) {
    this.#parts = parts;
    this.#source = source;
  }

  get #run(): RunStatement {
    return statementRunner(this.#source);
  }

  get #inTransaction(): InTransaction {
    const { reading, begin, transactionMs } = this.#parts;
    return transactions({ source: this.#source, reading, begin, transactionMs });
  }

  read<T>(
    { workspaceId }: Grant,
    fn: (tables: TenantRead) => Promise<T>,
    options: ReadOptions = {},
  ): Promise<T> {
    const { prefetched } = options;
    return this.#inTransaction({ kind: "read", workspaceId }, (transaction) => fn(tablesOf(transaction)), {
      prefetched: prefetched?.workspaceId === workspaceId ? prefetched : undefined,
      replica: options.mayReadReplica ? this.#replicaFor(workspaceId, options) : undefined,
    });
  }

  #replicaFor(workspaceId: string, { prefetched }: ReadOptions): ReplicaStatements | undefined {
    const { replica } = this.#parts;
    return replica?.isUsable
      ? replica.statementsIn(workspaceId, { source: this.#source, position: positionIn(prefetched) })
      : undefined;
  }

  get usesReplica() {
    return this.#parts.replica?.isUsable ?? false;
  }

  replicaState() {
    return this.#parts.replica?.state() ?? null;
  }

  write<T>(grant: Grant, fn: (tables: TenantWrite) => Promise<T>, options?: WriteOptions<T>): Promise<T> {
    const { singleStatement = false, keyed } = options ?? {};
    const scope = writeScope(grant, options);
    const work = (transaction: Transaction) => fn(tablesOf(transaction));
    // Citus cannot insert the row of the key in the statement that creates the row of its answer.
    if (singleStatement && !(this.#source.distributed && keyed))
      return this.#inTransaction(scope, work, { singleStatement, claim: keyed?.claim });
    return this.#inTransaction({ ...scope, claim: keyed?.claim }, work, {}, keyed);
  }

  foundWorkspace<T>(
    founding: NewWorkspace,
    fn: (tables: TenantWrite, workspace: Workspace) => Promise<T>,
    keyed?: KeyedCall<NoInfer<T>>,
  ): Promise<T> {
    return this.#inTransaction(
      { kind: "founding", workspaceId: founding.id, claim: keyed?.claim },
      async (transaction) => fn(tablesOf(transaction), await insertWorkspace(transaction, founding)),
      {},
      keyed,
    );
  }

  answerInvite<T>(
    workspaceId: string,
    fn: (tables: TenantWrite) => Promise<T>,
    keyed?: KeyedCall<NoInfer<T>>,
  ): Promise<T> {
    return this.#inTransaction(
      { kind: "answering", workspaceId, claim: keyed?.claim },
      (transaction) => fn(tablesOf(transaction)),
      {},
      keyed,
    );
  }

  changeAccount<T>(keyed: KeyedCall<NoInfer<T>>, fn: (tables: AccountTables) => Promise<T>): Promise<T> {
    return changeAccount<T>(this.#source, keyed, fn).catch(throwFailure);
  }

  async purgeWorkspaces(): Promise<{ purged: string[]; problems: unknown[] }> {
    const { rows } = await this.#run<{ id: string }>("workspaces_to_purge", WORKSPACES_TO_PURGE_SQL, []);
    const purged: string[] = [];
    const problems: unknown[] = [];
    for (const { id } of rows) {
      const scope = { kind: "purging", workspaceId: id } as const;
      // A workspace that cannot be purged now must not stop the purge of the others.
      await purge((part) => this.#inTransaction(scope, part)).then(
        (done) => done && purged.push(id),
        (error: unknown) => problems.push(error),
      );
    }
    return { purged, problems };
  }

  readPerson<T>(userId: string, fn: (tables: PersonRead) => Promise<T>): Promise<T> {
    const { systemClient } = this.#parts;
    const source = this.#source;
    const scope = { kind: "system", userId } as const;
    const entered = { scope, connection: () => openScoped(source, scope), source };
    return currentScope
      .run(entered, () => systemClient.$transaction((tables) => fn(personTables(tables))))
      .catch((error: unknown) => throwFailureIn(scope, error));
  }

  observedBy(messages: MessageObserver): Client {
    return new Client(this.#parts, { ...this.#source, messages });
  }

  get keys() {
    return keyStore(this.#source, this.#run);
  }

  get system() {
    const { systemClient } = this.#parts;
    return this.#source.messages ? observedTables(systemClient, this.#source) : systemClient;
  }

  get sessions() {
    return new PooledSessionStore(this.#source);
  }

  get cookieSessions() {
    return cookieSessionStore(this.#source);
  }

  get accounts() {
    return accountStore(this.#run);
  }

  get accountMails() {
    return accountMails(this.#run);
  }

  get invites() {
    return inviteLookup(this.#run);
  }

  get serviceKeys() {
    return serviceKeyLookup({ run: this.#run, runQuickly: sharedStatementRunner(this.#source) });
  }

  get mail() {
    return mailStore(this.#run);
  }

  get servers() {
    return serverStore(this.#run);
  }

  get afterRestore() {
    return afterRestore(this.#run);
  }

  get recordDenial() {
    return denialRecorder(this.#source);
  }

  get checkedTokens() {
    return checkedTokensReader(this.#run);
  }

  get settleDenials() {
    return denialSettler(this.#run);
  }

  get erasePerson() {
    return personEraser(operatorRunner(this.#source));
  }

  get operatorWorkspaces() {
    const inTransaction = this.#inTransaction;
    return operatorWorkspaces(operatorRunner(this.#source), (workspaceId, work) =>
      inTransaction({ kind: "read", workspaceId }, work),
    );
  }

  ping() {
    return this.#parts.ping();
  }

  poolState() {
    return this.#parts.poolState();
  }

  load() {
    return this.#parts.load();
  }

  close() {
    return this.#parts.close();
  }
}

/** The tables of `readPerson`. */
function personTables(transaction: Prisma.TransactionClient): PersonRead {
  const { workspace, workspaceMember } = transaction;
  return { workspace, workspaceMember, workspaces: personWorkspaces(transaction) };
}

function throwFailure(error: unknown): never {
  throw failureOf(error);
}
