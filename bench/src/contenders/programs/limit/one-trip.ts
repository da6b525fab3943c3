// Statements that leave in one message and are one transaction: PostgreSQL's extended protocol commits at the Sync, and
// there is one Sync behind all of them (PostgreSQL's manual, 54.2.3 and 54.2.4). Nothing is waited for in between.
import type pg from "pg";

export interface Statement {
  /** By which a connection knows it, once it has been prepared there. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** The columns of a row as PostgreSQL writes them. */
export type Columns = readonly (string | null)[];

/** Runs them in one trip. @returns the rows of each. @throws the first error, and then nothing has happened */
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

/** As node-postgres runs a query: it is submitted to the connection, and hears what comes back. */
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
    // All are prepared before the first is run: behind one that fails nothing more is read, up to the Sync.
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

  /** Comes after an error too, which has been told by then. */
  handleReadyForQuery(): void {
    this.#outcome.resolve(this.#rows);
  }
}
