import type pg from "pg";
import { bindWorkspace } from "./bind-workspace.ts";
import { COMMIT, needsBegin, singleMessageSetup, transactionSetup } from "./enter-sql.ts";
import type { QueuePlace } from "../pool/fair-queue.ts";
import { failureOf } from "../connection/failures.ts";
import { isHarmless, wasNotPrepared, type SharedConnections } from "../connection/shared-connections.ts";
import { observeMessage } from "../connection/observers.ts";
import { oneTrip, type StatementResult, type PreparedStatement } from "../connection/one-trip.ts";
import { queuePlaceOf, type Scope, type TenantScope } from "./scope.ts";
import { connectFor, messageNamed, type PoolSource, type ScopedConnection } from "./scoped-connection.ts";

/**
 * Runs one prepared statement in a separate transaction and one round trip, after the statement of the lock and before the
 * statement `after`. @returns the result of the one statement
 */
export type RunStatement = <R extends pg.QueryResultRow>(
  name: string,
  text: string,
  values: unknown[],
  lock?: Lock,
  after?: PreparedStatement,
) => Promise<StatementResult<R>>;

/**
 * A statement that takes a lock before the main statement, in the same transaction and round trip. The main statement then
 * sees what the previous holder of the lock committed.
 */
export interface Lock {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** Runs statements as projo_system. */
export const statementRunner =
  (source: PoolSource): RunStatement =>
  async <R extends pg.QueryResultRow>(
    name: string,
    text: string,
    values: unknown[],
    lock?: Lock,
    after?: PreparedStatement,
  ) => {
    const first = lock ? [{ ...lock, name: `projo_${lock.name}` }] : [];
    const last = after ? [after] : [];
    const steps = [...first, { name: `projo_${name}`, text, values }, ...last];
    return (await runInScope(source, AS_SYSTEM, steps)).at(first.length) as StatementResult<R>;
  };

/** Runs statements as projo_system on shared connections: for reads of users and keys by id, which wait for no lock. */
export const sharedStatementRunner =
  (source: PoolSource): RunStatement =>
  async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) => {
    const steps = [{ name: `projo_${name}`, text, values }];
    return (await runInScope(source, AS_SYSTEM, steps, { shared: source.shared?.credentials })).at(
      -1,
    ) as StatementResult<R>;
  };

/** Runs statements in the transaction of a connection. */
export const connectionRunner =
  (connection: ScopedConnection): RunStatement =>
  async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) =>
    (await connection.run({ name: `projo_${name}`, text, values })) as StatementResult<R>;

/** Runs statements as projo_operator. Only the operator's login has that role. */
export const operatorRunner =
  (source: PoolSource): RunStatement =>
  async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) => {
    const steps = [{ name: `projo_${name}`, text, values }];
    return (await runInScope(source, { kind: "operator" }, steps)).at(-1) as StatementResult<R>;
  };

const AS_SYSTEM = { kind: "system" } as const;

export interface RunOptions {
  /** The shared connections for a quick read; without it the statements run on a connection of the pool. */
  readonly shared?: SharedConnections | undefined;
  /** Whether the statements may use much of the database's CPU time. */
  readonly isHeavy?: boolean;
}

/**
 * Enters the scope, runs the statements, and commits, in one transaction and one round trip.
 * @returns the result of each statement
 */
export async function runInScope(
  source: PoolSource,
  scope: Scope,
  steps: readonly PreparedStatement[],
  { shared, isHeavy = false }: RunOptions = {},
): Promise<StatementResult[]> {
  const place = { ...queuePlaceOf(scope), isHeavy };
  if (needsBegin(scope, source) && "workspaceId" in scope)
    return runOnWorkers(source, scope, { steps, place });
  const entry = singleMessageSetup(scope, source);
  const answers = await runInOneTrip(source, [...entry, ...steps], { place, shared });
  return answers.slice(entry.length);
}

/** Does the same for rows that are distributed: the message contains the BEGIN and the COMMIT. */
async function runOnWorkers(
  source: PoolSource,
  scope: TenantScope,
  { steps, place }: { readonly steps: readonly PreparedStatement[]; readonly place: QueuePlace },
): Promise<StatementResult[]> {
  const entry = transactionSetup(scope, source);
  const bound = steps.map((step) => bindWorkspace(step, scope.workspaceId));
  const message = [...entry, ...bound, COMMIT];
  try {
    const answers = await withConnection(source, place, async (client) => {
      try {
        return await oneTrip(client, message, { keepsPrepared: !source.pooled });
      } catch (error) {
        // The refused statement left the transaction open.
        if (isHarmless(error)) await client.query("ROLLBACK");
        throw error;
      }
    });
    return answers.slice(entry.length, -1);
  } catch (error) {
    throw failureOf(error);
  }
}

/** Runs the statements in one transaction and one round trip. */
export async function runInOneTrip(
  source: PoolSource,
  steps: readonly PreparedStatement[],
  { place, shared }: { readonly place: QueuePlace; readonly shared?: SharedConnections | undefined },
): Promise<StatementResult[]> {
  try {
    return (shared && (await runShared(source, steps, shared))) ?? (await runInPool(source, steps, place));
  } catch (error) {
    throw failureOf(error);
  }
}

const runShared = (
  source: PoolSource,
  steps: readonly PreparedStatement[],
  shared: SharedConnections,
): Promise<StatementResult[] | null> =>
  observeMessage(source, { name: nameOf(steps), connection: "shared" }, () => shared.run(steps)).catch(
    (error: unknown) => {
      if (!wasNotPrepared(error)) throw error;
      // A message that relied on another message to prepare a statement is sent again if that one failed.
      source.observer?.readResent("not_prepared");
      return null;
    },
  );

/** The name of the last statement, which does the work. The statements before it enter the scope. */
const nameOf = (steps: readonly PreparedStatement[]): string => steps.at(-1)?.name ?? "";

const runInPool = (
  source: PoolSource,
  steps: readonly PreparedStatement[],
  place: QueuePlace,
): Promise<StatementResult[]> =>
  withConnection(source, place, (client) =>
    observeMessage(source, messageNamed(nameOf(steps)), () =>
      oneTrip(client, steps, { keepsPrepared: !source.pooled }),
    ),
  );

/** Takes a connection for one message and its answer. */
export async function withConnection<T>(
  source: PoolSource,
  place: QueuePlace,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await connectFor(source, place);
  try {
    const answer = await work(client);
    client.release();
    return answer;
  } catch (error) {
    // PostgreSQL rolled back a refused statement, and the connection is still good. After any other failure it is closed.
    client.release(!isHarmless(error));
    throw error;
  }
}
