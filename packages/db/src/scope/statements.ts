// The interface that the SQL of the `tenant` folder is written against. We write SQL where Prisma cannot express a
// statement: conditions on other rows, locks, several tables at once. It runs under row-level security like Prisma's
// queries, and takes the workspace of inserted rows from the transaction.

import type { PreparedStatement } from "../connection/one-trip.ts";
import type { SqlText } from "./sql-text.ts";

/** How much a statement costs the database. */
export interface StatementWeight {
  /** Whether it reads few rows by an index and waits for no lock, so that it may run on a shared connection. */
  readonly isQuick?: boolean;
  /** Whether it may read all rows of a workspace, so that only a few such statements may run at once. */
  readonly isHeavy?: boolean;
}

/** A statement that is known before the workspace is entered, so that it can be prefetched, and the type of its rows. */
export interface PreparedQuery<R> extends PreparedStatement, StatementWeight {
  readonly rows?: R;
}

/** The rows of a query that ran in the same round trip as the authentication. */
export interface PrefetchedRows {
  readonly workspaceId: string;
  readonly query: PreparedStatement;
  readonly rows: object[];
}

/** Runs SQL in a transaction. */
export interface Statements {
  $queryRaw<T>(text: SqlText, ...values: unknown[]): Promise<T>;
  /** @returns the number of changed rows */
  $executeRaw(text: SqlText, ...values: unknown[]): Promise<number>;
  /** Returns the rows of a prepared query: the prefetched rows if the same query was prefetched. */
  query<R>(prepared: PreparedQuery<R>): Promise<R[]>;
  /** Sends a statement without parameters together with the COMMIT. If it fails, the transaction is rolled back. */
  runAtCommit(statement: string): void;
}

/** A page of a list, newest first. */
export interface ListPage {
  /** The id of the last row of the page before; undefined for the first page. */
  readonly after: string | undefined;
  readonly limit: number;
}
