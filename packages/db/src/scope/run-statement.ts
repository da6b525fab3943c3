import type pg from "pg";
import { passing } from "./enter-sql.ts";
import type { Turn } from "../pool/fair-queue.ts";
import { failureOf } from "../connection/failures.ts";
import { isHarmless, wasNotPrepared, type Lanes } from "../connection/shared-connections.ts";
import { oneTrip, type Answer, type Prepared } from "../connection/one-trip.ts";
import { turnOf, type Scope } from "./scope.ts";
import { connectFor, type PoolSource } from "./scoped-connection.ts";

/** Runs one prepared statement as projo_system, in a transaction of its own and one round trip. */
export type RunStatement = <R extends pg.QueryResultRow>(
  name: string,
  text: string,
  values: unknown[],
  lock?: Lock,
) => Promise<Answer<R>>;

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
    return (await runWithin(source, AS_SYSTEM, steps)).at(-1) as Answer<R>;
  };

/** The same for what finds people and keys by their ids, and waits for no lock: on connections that all such share. */
export const quickRunner =
  (source: PoolSource): RunStatement =>
  async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) => {
    const steps = [{ name: `projo_${name}`, text, values }];
    return (await runWithin(source, AS_SYSTEM, steps, { lanes: source.lanes?.people })).at(-1) as Answer<R>;
  };

/** The same as projo_operator, which only the operator's login can be. */
export const operatorRunner =
  (source: PoolSource): RunStatement =>
  async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) => {
    const steps = [{ name: `projo_${name}`, text, values }];
    return (await runWithin(source, { kind: "operator" }, steps)).at(-1) as Answer<R>;
  };

const AS_SYSTEM = { kind: "system" } as const;

export interface Sharing {
  /** On which quick reads share connections, if it is one. */
  readonly lanes?: Lanes | undefined;
  /** Whether it may keep one of the database's processors busy for long. */
  readonly isHeavy?: boolean;
}

/**
 * Enters the scope, runs the statements there, and commits: one transaction, one round trip.
 * @returns the answer of each statement
 */
export async function runWithin(
  source: PoolSource,
  scope: Scope,
  steps: readonly Prepared[],
  { lanes, isHeavy = false }: Sharing = {},
): Promise<Answer[]> {
  const entry = passing(scope, !source.pooled);
  const turn = { ...turnOf(scope), isHeavy };
  const answers = await runTogether(source, [...entry, ...steps], { turn, lanes });
  return answers.slice(entry.length);
}

/** Runs the statements in one transaction and one round trip. */
export async function runTogether(
  source: PoolSource,
  steps: readonly Prepared[],
  { turn, lanes }: { readonly turn: Turn; readonly lanes?: Lanes | undefined },
): Promise<Answer[]> {
  try {
    return (await lanes?.run(steps).catch(unlessPrepared)) ?? (await alone(source, steps, turn));
  } catch (error) {
    throw failureOf(error);
  }
}

/** What relied on another message's preparing a statement is sent once more too. */
function unlessPrepared(error: unknown): null {
  if (wasNotPrepared(error)) return null;
  throw error;
}

const alone = (source: PoolSource, steps: readonly Prepared[], turn: Turn): Promise<Answer[]> =>
  borrowing(source, turn, (client) => oneTrip(client, steps, { keepsPrepared: !source.pooled }));

/** Borrows a connection for one message and its answer. */
export async function borrowing<T>(
  source: PoolSource,
  turn: Turn,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await connectFor(source, turn);
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
