// Sends a statement of Prisma's together with the statements that enter its scope: one message, one transaction, one round
// trip. The result has the form that Prisma requested from pg.
//
// This file casts types, because pg's types omit members of its Query class and its connections.
import pg from "pg";
import { messageOf, type MessageWriter } from "./message.ts";
import type { PreparedStatement } from "./one-trip.ts";
import { asParameter } from "./wire-values.ts";

interface Connection extends MessageWriter {
  readonly parsedStatements: Partial<Record<string, string>>;
  readonly submittedNamedStatements: Partial<Record<string, string>>;
}

/** The untyped methods of pg's Query that this file overrides. */
interface QueryMethods {
  prepare(connection: Connection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
}
const base = pg.Query.prototype as unknown as QueryMethods;

export interface Entering {
  /** The statements that enter the scope. */
  readonly entry: readonly PreparedStatement[];
  /** False behind a pooler: statements are then sent unnamed, and none stays prepared on a connection. */
  readonly keepsPrepared: boolean;
}

/** Runs the query in the scope. */
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
  /** The number of the entry's statements that have not been answered. */
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

  // When an answer arrives, pg records the statement with this name and text as prepared. pg's constructor also sets both,
  // before the private fields exist; the setters ignore that.

  get name(): string | undefined {
    const entering = this.#entering;
    if (!entering) return this.#own.name;
    return this.#keepsPrepared ? entering.name : "";
  }

  set name(_: string | undefined) {
    // The value is in #own.
  }

  get text(): string {
    return this.#entering?.text ?? this.#own.text;
  }

  set text(_: string) {
    // The value is in #own.
  }

  /** The statement of the entry whose answer is arriving. */
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
      base.prepare.call(this, parts as Connection);
    });
    connection.stream.write(message);
    this.#left = this.#entry.length;
  }

  handleDataRow(message: unknown): void {
    if (this.#left === 0) base.handleDataRow.call(this, message);
  }

  handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.#left === 0) base.handleCommandComplete.call(this, message, connection);
    else this.#left -= 1;
  }

  handleError(error: Error, connection: Connection): void {
    // After an error PostgreSQL skips the rest of the message, so the statements may not be prepared.
    for (const { name } of [...this.#entry, this.#own])
      if (name !== undefined) delete connection.submittedNamedStatements[name];
    base.handleError.call(this, error, connection);
  }
}
