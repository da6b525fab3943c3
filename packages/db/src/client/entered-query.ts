// A statement of Prisma's that enters its scope in the same message: one transaction, one trip, and an answer in the form that
// Prisma asked pg for.
//
// The casts are this file's: pg's types leave out what its Query class and its connections have.
import pg from "pg";
import type { Prepared } from "./one-trip.ts";
import { asParameter } from "./wire-values.ts";

interface Connection {
  readonly parsedStatements: Partial<Record<string, string>>;
  readonly submittedNamedStatements: Partial<Record<string, string>>;
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: readonly unknown[]; valueMapper: typeof asParameter }): void;
  execute(message: object): void;
}

/** What pg's Query has beside what its types say, as far as it is built upon here. */
interface Parts {
  prepare(connection: Connection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
}
const stock = pg.Query.prototype as unknown as Parts;

export interface Entering {
  readonly entry: Prepared;
  /** False where a pooler shares the connections: then nothing is left prepared on one. */
  readonly keepsPrepared: boolean;
}

export function enteredQuery(
  client: pg.PoolClient,
  query: pg.QueryConfig,
  entering: Entering,
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | undefined, result: unknown) =>
      error ? reject(error) : resolve(result as pg.QueryResult);
    client.query(new EnteredQuery(query, entering, done));
  });
}

class EnteredQuery extends pg.Query {
  readonly #entry: Prepared;
  readonly #keepsPrepared: boolean;
  readonly #own: { name: string | undefined; text: string };
  /** Whether the answer that comes in is the entry's. */
  #isEntering = false;

  constructor(
    query: pg.QueryConfig,
    { entry, keepsPrepared }: Entering,
    done: (error: Error | undefined, result: unknown) => void,
  ) {
    super(query, done);
    this.#entry = entry;
    this.#keepsPrepared = keepsPrepared;
    this.#own = { name: query.name, text: query.text };
  }

  // pg notes by these two what has been prepared, when its answer comes in. Its constructor sets them before there are
  // private fields, to what is known here.

  get name(): string | undefined {
    return this.#isEntering ? this.#entryName : this.#own.name;
  }

  set name(_: string | undefined) {
    // See above.
  }

  get text(): string {
    return this.#isEntering ? this.#entry.text : this.#own.text;
  }

  set text(_: string) {
    // See above.
  }

  get #entryName(): string {
    return this.#keepsPrepared ? this.#entry.name : "";
  }

  requiresPreparation(): boolean {
    return true;
  }

  prepare(connection: Connection): void {
    const statement = this.#entryName;
    const { parsedStatements, submittedNamedStatements } = connection;
    const isPrepared = parsedStatements[statement] ?? submittedNamedStatements[statement];
    if (statement === "" || isPrepared === undefined) {
      connection.parse({ name: statement, text: this.#entry.text });
      if (statement !== "") submittedNamedStatements[statement] = this.#entry.text;
    }
    connection.bind({ statement, values: this.#entry.values, valueMapper: asParameter });
    connection.execute({});
    stock.prepare.call(this, connection);
    this.#isEntering = true;
  }

  handleDataRow(message: unknown): void {
    if (!this.#isEntering) stock.handleDataRow.call(this, message);
  }

  handleCommandComplete(message: unknown, connection: Connection): void {
    if (!this.#isEntering) stock.handleCommandComplete.call(this, message, connection);
    this.#isEntering = false;
  }

  handleError(error: Error, connection: Connection): void {
    // Where the scope was not entered, the statement was passed over, and has not been prepared.
    if (this.#own.name !== undefined) delete connection.submittedNamedStatements[this.#own.name];
    stock.handleError.call(this, error, connection);
  }
}
