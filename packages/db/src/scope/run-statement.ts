import type pg from "pg";
import { singleMessageSetup } from "./enter-sql.ts";
import type { QueuePlace } from "../pool/fair-queue.ts";
import { failureOf } from "../connection/failures.ts";
import { isHarmless, wasNotPrepared, type SharedConnections } from "../connection/shared-connections.ts";
import { oneTrip, type StatementResult, type PreparedStatement } from "../connection/one-trip.ts";
import { queuePlaceOf, type Scope } from "./scope.ts";
import { connectFor, type PoolSource } from "./scoped-connection.ts";

/** Runs one prepared statement as projo_system, in a transaction of its own and one round trip. */
export type RunStatement = <R extends pg.QueryResultRow>(
  name: string,
  text: string,
  values: unknown[],
  lock?: Lock,
) => Promise<StatementResult<R>>;

/** What is locked first, in the same transaction and round trip. The statement then sees what others left there. */
export interface Lock {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

export const statementRunner =
  (source: PoolSource): RunStatement =>
  async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[], lock?: Lock) => {
    const first = lock ? [{ ...lock, name: `projo_${lock.name}` }] : [];
    const steps = [...first, { name: `projo_${name}`, text, values }];
    return (await runInScope(source, AS_SYSTEM, steps)).at(-1) as StatementResult<R>;
  };

/** The same for what finds people and keys by their ids, and waits for no lock: on connections that all such share. */
export const sharedStatementRunner =
  (source: PoolSource): RunStatement =>
  async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) => {
    const steps = [{ name: `projo_${name}`, text, values }];
    return (await runInScope(source, AS_SYSTEM, steps, { shared: source.shared?.people })).at(
      -1,
    ) as StatementResult<R>;
  };

/** The same as projo_operator, which only the operator's login can be. */
export const operatorRunner =
  (source: PoolSource): RunStatement =>
  async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) => {
    const steps = [{ name: `projo_${name}`, text, values }];
    return (await runInScope(source, { kind: "operator" }, steps)).at(-1) as StatementResult<R>;
  };

const AS_SYSTEM = { kind: "system" } as const;

export interface RunOptions {
  /** On which quick reads share connections, if it is one. */
  readonly shared?: SharedConnections | undefined;
  /** Whether it may keep one of the database's processors busy for long. */
  readonly isHeavy?: boolean;
}

/**
 * Enters the scope, runs the statements there, and commits: one transaction, one round trip.
 * @returns the answer of each statement
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
    return (await shared?.run(steps).catch(unlessPrepared)) ?? (await runAlone(source, steps, place));
  } catch (error) {
    throw failureOf(error);
  }
}

/** What relied on another message's preparing a statement is sent once more too. */
function unlessPrepared(error: unknown): null {
  if (wasNotPrepared(error)) return null;
  throw error;
}

const runAlone = (
  source: PoolSource,
  steps: readonly PreparedStatement[],
  place: QueuePlace,
): Promise<StatementResult[]> =>
  withConnection(source, place, (client) => oneTrip(client, steps, { keepsPrepared: !source.pooled }));

/** Borrows a connection for one message and its answer. */
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
    // What the database refused has been undone, and the connection is as it was. Any other failure is its own.
    client.release(!isHarmless(error));
    throw error;
  }
}
