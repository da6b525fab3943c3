// Several prepared statements in one message, which PostgreSQL takes for one transaction: what enters a scope goes with the
// work itself, and isolation costs no trip. pg's own query is a single statement, and asks for the columns' names each
// time. This one extends it, as pg takes no other in pipeline mode, and keeps pg's own account of what is prepared.
//
// The casts are this file's: pg's types leave out what its Query class and its connections have.
import pg from "pg";
import { messageOf, type MessageWriter } from "./message.ts";
import { asParameter, parserOf } from "./wire-values.ts";

/** A statement that each connection prepares once, by its name, and what it is asked with. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What a statement answered: rows by the columns' names, and how many it returned or changed. */
export interface StatementResult<R = object> {
  readonly rows: R[];
  readonly rowCount: number;
}

/**
 * Sends the statements on a connection. All of them happen or none. @returns the answer of each
 * @throws TypeError on a value that is no parameter, before anything is sent
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
  /** By their names, what is prepared on the connection, and what is about to be. */
  readonly parsedStatements: Partial<Record<string, string>>;
  readonly submittedNamedStatements: Partial<Record<string, string>>;
}

/** The columns of what is prepared on a connection. PostgreSQL refuses a plan whose columns have changed since. */
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
    // Before anything is noted of it: what is not sent is not about to be prepared.
    this.#steps = steps.map(({ name, text, values }) => ({ name, text, values: values.map(asParameter) }));
    this.#keepsPrepared = keepsPrepared;
    this.#done = done;
  }

  /** The name and the text of the statement whose answer comes in: pg notes by them what has been prepared. */
  get name(): string {
    return this.#keepsPrepared ? (this.#steps[this.#answers.length]?.name ?? "") : "";
  }

  set name(_: string) {
    // pg.Query sets it to what its constructor was given, which says nothing here.
  }

  get text(): string {
    return this.#steps[this.#answers.length]?.text ?? "";
  }

  set text(_: string) {
    // As above.
  }

  override submit = (given: pg.Connection): Error | null => {
    const connection = given as unknown as Connection;
    const taken = this.#steps.find(({ name, text }) => isTaken(connection, name, text));
    if (this.#keepsPrepared && taken) return new Error(`The statement ${taken.name} is another one already.`);
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
    // One that returns no rows has nothing to describe, and need not be asked again.
    if (this.#keepsPrepared && !this.#known?.has(this.name)) this.#known?.set(this.name, []);
    this.#answers.push({ rows: this.#rows, rowCount: Number(/\d+$/.exec(text)?.[0] ?? 0) });
    this.#rows = [];
    this.#columns = undefined;
  }

  handleError(error: Error): void {
    // What came after the one that failed was passed over, and has not been prepared.
    for (const { name } of this.#steps.slice(this.#answers.length))
      if (this.#connection) delete this.#connection.submittedNamedStatements[name];
    this.#done(error, []);
  }

  handleReadyForQuery(): void {
    this.#done(this.#unreadable, this.#answers);
  }
}

/** The text of what is prepared by that name on the connection, or is about to be. */
function preparedOn(
  { parsedStatements, submittedNamedStatements }: Connection,
  name: string,
): string | undefined {
  return parsedStatements[name] ?? submittedNamedStatements[name];
}

/** Whether the name stands for another statement, which would be run in the place of this one. */
function isTaken(connection: Connection, name: string, text: string): boolean {
  return (preparedOn(connection, name) ?? text) !== text;
}
