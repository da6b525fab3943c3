// Sends several prepared statements in one message, which PostgreSQL runs as one transaction. The statements that enter a
// scope are sent with the work, so isolation adds no round trip. pg's own Query is one statement and requests the column
// names each time. This class extends it, because pg accepts no other class in pipeline mode, and keeps pg's record of
// prepared statements up to date.
//
// This file casts types, because pg's types omit members of its Query class and its connections.
import pg from "pg";
import { messageOf, type MessageWriter } from "./message.ts";
import { asParameter, parserOf } from "./wire-values.ts";

/** A statement that each connection prepares once under its name, and the values of its parameters. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The result of a statement: rows by column name, and the number of returned or changed rows. */
export interface StatementResult<R = object> {
  readonly rows: R[];
  readonly rowCount: number;
}

/**
 * Sends the statements on a connection. They commit together or not at all.
 * @returns the result of each statement
 * @throws TypeError before anything is sent, if a value cannot be a parameter
 */
export function oneTrip(
  client: pg.PoolClient,
  steps: readonly PreparedStatement[],
  { keepsPrepared }: { keepsPrepared: boolean },
): Promise<StatementResult[]> {
  return new Promise((resolve, reject) => {
    const done: Done = (error, answers) => (error ? reject(error) : resolve(answers));
    client.query(new OneTrip(steps, keepsPrepared, done));
  });
}

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

interface Connection extends MessageWriter {
  /** The texts of the statements that are prepared on the connection, by name. */
  readonly parsedStatements: Partial<Record<string, string>>;
  /** The texts of the statements that were sent but may not be prepared yet, by name. */
  readonly submittedNamedStatements: Partial<Record<string, string>>;
}

/** The columns of the statements prepared on each connection. PostgreSQL rejects a plan whose columns have changed. */
const columnsOn = new WeakMap<Connection, Map<string, readonly Column[]>>();

interface Step extends PreparedStatement {
  readonly values: readonly ReturnType<typeof asParameter>[];
}

type Done = (error: Error | null, answers: StatementResult[]) => void;

class OneTrip extends pg.Query {
  readonly #steps: readonly Step[];
  readonly #keepsPrepared: boolean;
  readonly #done: Done;
  readonly #answers: StatementResult[] = [];
  #connection: Connection | undefined;
  #known: Map<string, readonly Column[]> | undefined;
  #columns: readonly Column[] | undefined;
  #rows: object[] = [];
  #unreadable: Error | null = null;

  constructor(steps: readonly PreparedStatement[], keepsPrepared: boolean, done: Done) {
    super("");
    // This can throw, so it happens before the statements are recorded as sent.
    this.#steps = steps.map(({ name, text, values }) => ({ name, text, values: values.map(asParameter) }));
    this.#keepsPrepared = keepsPrepared;
    this.#done = done;
  }

  /** The name of the statement whose answer is arriving. pg records the statement with this name and text as prepared. */
  get name(): string {
    return this.#keepsPrepared ? (this.#steps[this.#answers.length]?.name ?? "") : "";
  }

  set name(_: string) {
    // The constructor of pg.Query sets it. The getter computes the name instead.
  }

  get text(): string {
    return this.#steps[this.#answers.length]?.text ?? "";
  }

  set text(_: string) {
    // The getter computes the text instead.
  }

  override submit = (given: pg.Connection): Error | null => {
    const connection = given as unknown as Connection;
    const taken = this.#steps.find(({ name, text }) => isTaken(connection, name, text));
    if (this.#keepsPrepared && taken)
      return new Error(`The name ${taken.name} is already in use for another statement.`);
    const known = columnsOn.get(connection) ?? new Map<string, readonly Column[]>();
    columnsOn.set(connection, known);
    this.#connection = connection;
    this.#known = known;
    const message = messageOf(connection, (part) => {
      for (const step of this.#steps) this.#write(part, connection, step);
      part.sync();
    });
    connection.stream.write(message);
    return null;
  };

  #write(part: MessageWriter, connection: Connection, { name, text, values }: Step): void {
    const statement = this.#keepsPrepared ? name : "";
    if (statement === "" || preparedOn(connection, statement) === undefined) {
      part.parse({ name: statement, text });
      if (statement !== "") connection.submittedNamedStatements[statement] = text;
    }
    part.bind({ statement, values });
    if (statement === "" || !this.#known?.has(statement)) part.describe({ type: "P" });
    part.execute({});
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, parse: parserOf(dataTypeID) }));
    if (this.#keepsPrepared) this.#known?.set(this.name, this.#columns);
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#columns ??= this.#known?.get(this.name) ?? [];
    const row: Record<string, unknown> = {};
    try {
      for (let at = 0; at < this.#columns.length; at += 1) {
        const column = this.#columns[at];
        const text = fields[at];
        if (column) row[column.name] = text === null || text === undefined ? null : column.parse(text);
      }
    } catch (error) {
      this.#unreadable ??= error instanceof Error ? error : new Error(String(error));
    }
    this.#rows.push(row);
  }

  handleCommandComplete({ text }: { text: string }): void {
    // A statement without rows has no description. Recording that avoids requesting it again.
    if (this.#keepsPrepared && !this.#known?.has(this.name)) this.#known?.set(this.name, []);
    this.#answers.push({ rows: this.#rows, rowCount: Number(/\d+$/.exec(text)?.[0] ?? 0) });
    this.#rows = [];
    this.#columns = undefined;
  }

  handleError(error: Error): void {
    // After an error PostgreSQL skips the rest of the message, so the later statements are not prepared.
    for (const { name } of this.#steps.slice(this.#answers.length))
      if (this.#connection) delete this.#connection.submittedNamedStatements[name];
    this.#done(error, []);
  }

  handleReadyForQuery(): void {
    this.#done(this.#unreadable, this.#answers);
  }
}

/** The text of the statement that is prepared, or about to be prepared, under the name on the connection. */
function preparedOn(
  { parsedStatements, submittedNamedStatements }: Connection,
  name: string,
): string | undefined {
  return parsedStatements[name] ?? submittedNamedStatements[name];
}

/** Whether another statement has the name, so that PostgreSQL would run it instead. */
function isTaken(connection: Connection, name: string, text: string): boolean {
  return (preparedOn(connection, name) ?? text) !== text;
}
