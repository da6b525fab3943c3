// A statement of Prisma's that enters its scope in the same message: one transaction, one trip, and an answer in the form that
// Prisma asked pg for.
//
// The casts are this file's: pg's types leave out what its Query class and its connections have.
import pg from "pg";
import { messageOf, type MessageWriter } from "./message.ts";
import type { PreparedStatement } from "./one-trip.ts";
import { asParameter } from "./wire-values.ts";

interface Connection extends MessageWriter {
  readonly parsedStatements: Partial<Record<string, string>>;
  readonly submittedNamedStatements: Partial<Record<string, string>>;
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
  /** One statement or several, which enter the scope. */
  readonly entry: readonly PreparedStatement[];
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
  readonly #entry: readonly PreparedStatement[];
  readonly #keepsPrepared: boolean;
  readonly #own: { name: string | undefined; text: string };
  /** How many of the entry's statements have not been answered yet. */
  #left = 0;

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
    const entering = this.#entering;
    if (!entering) return this.#own.name;
    return this.#keepsPrepared ? entering.name : "";
  }

  set name(_: string | undefined) {
    // See above.
  }

  get text(): string {
    return this.#entering?.text ?? this.#own.text;
  }

  set text(_: string) {
    // See above.
  }

  /** The statement of the entry whose answer comes in. */
  get #entering(): PreparedStatement | undefined {
    return this.#left > 0 ? this.#entry[this.#entry.length - this.#left] : undefined;
  }

  requiresPreparation(): boolean {
    return true;
  }

  prepare(connection: Connection): void {
    const message = messageOf(connection, (parts) => {
      for (const { name, text, values } of this.#entry) {
        const statement = this.#keepsPrepared ? name : "";
        const { parsedStatements, submittedNamedStatements } = connection;
        const isPrepared = parsedStatements[statement] ?? submittedNamedStatements[statement];
        if (statement === "" || isPrepared === undefined) {
          parts.parse({ name: statement, text });
          if (statement !== "") submittedNamedStatements[statement] = text;
        }
        parts.bind({ statement, values: values.map(asParameter) });
        parts.execute({});
      }
      stock.prepare.call(this, parts as Connection);
    });
    connection.stream.write(message);
    this.#left = this.#entry.length;
  }

  handleDataRow(message: unknown): void {
    if (this.#left === 0) stock.handleDataRow.call(this, message);
  }

  handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.#left === 0) stock.handleCommandComplete.call(this, message, connection);
    else this.#left -= 1;
  }

  handleError(error: Error, connection: Connection): void {
    // Where the scope was not entered, what came after was passed over, and has not been prepared.
    for (const { name } of [...this.#entry, this.#own])
      if (name !== undefined) delete connection.submittedNamedStatements[name];
    stock.handleError.call(this, error, connection);
  }
}
