// A connection of the pool whose socket can be closed at any time. pg's own `end` waits in pipeline mode for the answers that
// are still to come, and on a connection that is lost none comes.
//
// The casts are this file's: pg's types leave out what its clients know of their queries.
import { Socket } from "node:net";
import pg from "pg";

/** What pg's client has beside what its types say, as far as it is relied upon here. */
interface Internals {
  /** True when PostgreSQL waits for a query; not set before the connection is established. */
  readonly readyForQuery?: boolean;
  readonly _sentQueryQueue: readonly unknown[];
  readonly processID: number | null;
}

/** PostgreSQL did not answer on a connection within its bound, or does not answer at all. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  readonly code = "CONNECTION_LOST";
}

/** A connection was closed to make room for one to the present primary. */
export class ConnectionRetired extends Error {
  override readonly name = "ConnectionRetired";
  readonly code = "CONNECTION_RETIRED";
}

/** How long an orderly end of a connection may take. */
const LONGEST_GOODBYE_MS = 1_000;

export class BoundedClient extends pg.Client {
  #isConnected = false;
  #isRetired = false;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.once("connect", () => {
      this.#isConnected = true;
    });
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** True while the connection is established, or something that was sent has not been answered. */
  get isWaiting(): boolean {
    const { readyForQuery, _sentQueryQueue } = this.#internals;
    return readyForQuery !== true || _sentQueryQueue.length > 0;
  }

  get bytesRead(): number {
    const { stream } = this.connection;
    return stream instanceof Socket ? stream.bytesRead : 0;
  }

  /** The process id of its backend; behind a pooler, a number of the pooler's own. */
  get backendPid(): number | null {
    return this.#internals.processID;
  }

  /** Closes the socket at once: everything that waits for an answer fails with the error. */
  lose(error: Error): void {
    this.connection.stream.destroy(error);
  }

  /** Marks the connection, so that the pool closes it when it is given back. */
  retire(): void {
    this.#isRetired = true;
  }

  /** Called when it is given back, before the pool decides whether to keep it. */
  givenBack(): void {
    // pg's own mark of a connection that is about to end, which its pool looks at.
    if (this.#isRetired) Object.assign(this, { _ending: true });
  }

  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    const { isWaiting } = this;
    const ended = callback ? super.end(callback) : super.end();
    if (isWaiting) {
      this.connection.stream.destroy();
      return ended;
    }
    const late = setTimeout(() => this.connection.stream.destroy(), LONGEST_GOODBYE_MS).unref();
    this.once("end", () => clearTimeout(late));
    return ended;
  }

  get #internals(): Internals {
    return this as unknown as Internals;
  }
}
