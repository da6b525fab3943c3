// Sends several statements in one message, as one transaction: PostgreSQL's extended protocol commits at the Sync, and one Sync
// follows all statements (PostgreSQL's manual, 54.2.3 and 54.2.4). The client does not wait between them.
import type pg from "pg";

export interface Statement {
  /** The name of the prepared statement on a connection. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** The columns of a row in PostgreSQL's text format. */
export type Columns = readonly (string | null)[];

/** Runs the statements in one round trip. @returns the rows of each. @throws the first error, after a rollback of all */
export async function inOneTrip(pool: pg.Pool, statements: readonly Statement[]): Promise<Columns[][]> {
  const client = await pool.connect();
  try {
    return await new Promise<Columns[][]>((resolve, reject) => {
      client.query(new Trip(statements, { resolve, reject }));
    });
  } finally {
    client.release();
  }
}

const preparedOn = new WeakMap<pg.Connection, Set<string>>();

interface Outcome {
  readonly resolve: (rows: Columns[][]) => void;
  readonly reject: (error: Error) => void;
}

/** A query for node-postgres: the client submits it to the connection and passes the server's messages to it. */
class Trip implements pg.Submittable {
  readonly #statements: readonly Statement[];
  readonly #outcome: Outcome;
  readonly #rows: Columns[][];
  #at = 0;

  constructor(statements: readonly Statement[], outcome: Outcome) {
    this.#statements = statements;
    this.#outcome = outcome;
    this.#rows = statements.map(() => []);
  }

  submit(connection: pg.Connection): void {
    const prepared = preparedOn.get(connection) ?? new Set();
    preparedOn.set(connection, prepared);
    connection.stream.cork();
    // Prepares all statements before the first runs, because after an error PostgreSQL skips everything up to the Sync.
    for (const { name, text } of this.#statements) {
      if (!prepared.has(name)) connection.parse({ name, text, types: [] }, true);
      prepared.add(name);
    }
    for (const { name, values } of this.#statements) {
      connection.bind(
        { statement: name, values: [...values], valueMapper: (value: string | null) => value },
        true,
      );
      connection.execute({ portal: "", rows: "0" }, true);
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleDataRow({ fields }: { fields: Columns }): void {
    this.#rows[this.#at]?.push(fields);
  }

  handleCommandComplete(): void {
    this.#at += 1;
  }

  handleError(error: Error): void {
    this.#outcome.reject(error);
  }

  /** PostgreSQL also sends this message after an error, when the promise is already rejected. */
  handleReadyForQuery(): void {
    this.#outcome.resolve(this.#rows);
  }
}
