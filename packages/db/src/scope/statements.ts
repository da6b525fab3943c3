// What a workspace's transaction does that Prisma cannot say: conditions on other rows, locks, several tables at once.
// Each is one statement, and runs under row-level security like the rest. No statement names its workspace: the
// policies bound to the transaction do, and what is inserted takes it from there.

import type { PreparedStatement } from "../connection/one-trip.ts";
import type { SqlText } from "./sql-text.ts";

/** What a statement asks of the database. */
export interface StatementWeight {
  /** Whether it finds a few rows by an index and waits for no lock, so that others may share its connection. */
  readonly isQuick?: boolean;
  /** Whether it may read all that a workspace has, so that only a few of its kind may run at once. */
  readonly isHeavy?: boolean;
}

/** A statement of a workspace's that is known before the workspace is entered, and the type of its rows. */
export interface PreparedQuery<R> extends PreparedStatement, StatementWeight {
  readonly rows?: R;
}

/** What was answered to a question that was asked together with who asks. */
export interface PrefetchedRows {
  readonly workspaceId: string;
  readonly query: PreparedStatement;
  readonly rows: object[];
}

/** A transaction, as far as it takes SQL. */
export interface Statements {
  $queryRaw<T>(text: SqlText, ...values: unknown[]): Promise<T>;
  /** @returns how many rows were changed */
  $executeRaw(text: SqlText, ...values: unknown[]): Promise<number>;
  /** The answer to a question, which may have been asked already, together with who asks. */
  query<R>(prepared: PreparedQuery<R>): Promise<R[]>;
  /** Has a statement sent with the COMMIT. If it fails, nothing of the transaction is kept. */
  runAtCommit(statement: string): void;
}

/** Where a page of a list begins and how long it is: newest first, after this id. */
export interface ListPage {
  readonly after: string | undefined;
  readonly limit: number;
}
