import type pg from "pg";
import { singleMessageSetup } from "./enter-sql.ts";
import type { QueuePlace } from "../pool/fair-queue.ts";
import { failureOf } from "../connection/failures.ts";
import { isHarmless, wasNotPrepared, type SharedConnections } from "../connection/shared-connections.ts";
import { oneTrip, type StatementResult, type PreparedStatement } from "../connection/one-trip.ts";
import { queuePlaceOf, type Scope } from "./scope.ts";
import { connectFor, type PoolSource } from "./scoped-connection.ts";

/** Runs one prepared statement in a separate transaction and one round trip. */
export type RunStatement = <R extends pg.QueryResultRow>(
  name: string,
  text: string,
  values: unknown[],
  lock?: Lock,
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
  async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[], lock?: Lock) => {
    const first = lock ? [{ ...lock, name: `projo_${lock.name}` }] : [];
    const steps = [...first, { name: `projo_${name}`, text, values }];
    return (await runInScope(source, AS_SYSTEM, steps)).at(-1) as StatementResult<R>;
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
  const entry = singleMessageSetup(scope, !source.pooled);
  const place = { ...queuePlaceOf(scope), isHeavy };
  const answers = await runInOneTrip(source, [...entry, ...steps], { place, shared });
  return answers.slice(entry.length);
}

/** Runs the statements in one transaction and one round trip. */
export async function runInOneTrip(
  source: PoolSource,
  steps: readonly PreparedStatement[],
  { place, shared }: { readonly place: QueuePlace; readonly shared?: SharedConnections | undefined },
): Promise<StatementResult[]> {
  try {
    return (await shared?.run(steps).catch(nullIfNotPrepared)) ?? (await runInPool(source, steps, place));
  } catch (error) {
    throw failureOf(error);
  }
}

/** A message that relied on another message to prepare a statement is sent again if that one failed. */
function nullIfNotPrepared(error: unknown): null {
  if (wasNotPrepared(error)) return null;
  throw error;
}

const runInPool = (
  source: PoolSource,
  steps: readonly PreparedStatement[],
  place: QueuePlace,
): Promise<StatementResult[]> =>
  withConnection(source, place, (client) => oneTrip(client, steps, { keepsPrepared: !source.pooled }));

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
