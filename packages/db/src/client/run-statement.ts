import type pg from "pg";
import { failureOf } from "./failures.ts";
import { loneStatement, type PoolSource } from "./scoped-pool.ts";

/** Runs one prepared statement as projo_system, in a transaction of its own and one round trip. */
export type RunStatement = <R extends pg.QueryResultRow>(
  name: string,
  text: string,
  values: unknown[],
  lock?: Lock,
) => Promise<pg.QueryResult<R>>;

/** What is locked first, in the same transaction and round trip. The statement then sees what others left there. */
export interface Lock {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

export const statementRunner =
  (source: PoolSource): RunStatement =>
  async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[], lock?: Lock) => {
    const query = { name: `projo_${name}`, text, values };
    const first = lock && { ...lock, name: `projo_${lock.name}` };
    try {
      return await loneStatement<R>(source, { kind: "system" }, query, first);
    } catch (error) {
      throw failureOf(error);
    }
  };
