import type pg from "pg";
import { loneStatement, type PoolSource } from "./scoped-pool.ts";

/** Runs one prepared statement as projo_system, in a transaction of its own and one round trip. */
export type RunStatement = <R extends pg.QueryResultRow>(
  name: string,
  text: string,
  values: unknown[],
) => Promise<pg.QueryResult<R>>;

export const statementRunner =
  (source: PoolSource): RunStatement =>
  async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) =>
    loneStatement<R>(await source.connect(), { kind: "system" }, { name: `projo_${name}`, text, values });
