// A connection of the pool whose socket can be closed at any time. In pipeline mode, pg's own `end` waits for the outstanding
// answers, which never arrive on a lost connection.
//
// This file casts types, because pg's types omit the client's state of its queries.
import { Socket } from "node:net";
import pg from "pg";
import type { Durability } from "../login/durable-settings.ts";
import { watchHandshake } from "../login/handshake.ts";
import { settingsCheck, settingsProblem, type ConnectionKind } from "./settings-check.ts";

/** The untyped members of pg's client that this file uses. */
interface Internals {
  /** True when PostgreSQL waits for a query; undefined before the connection is established. */
  readonly readyForQuery?: boolean;
  readonly _sentQueryQueue: readonly unknown[];
  readonly processID: number | null;
}

/** PostgreSQL did not answer on a connection within the time limit, or does not answer at all. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  readonly code = "CONNECTION_LOST";
}

/** A connection was closed so that a new one can be opened to the current primary. */
export class ConnectionRetired extends Error {
  override readonly name = "ConnectionRetired";
  readonly code = "CONNECTION_RETIRED";
}

/** The time limit for closing a connection in an orderly way. */
const LONGEST_END_MS = 1_000;

export class BoundedClient extends pg.Client {
  #isConnected = false;
  #isRetired = false;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // pg's pool passes its own options on, which include those of the handshake.
    watchHandshake(this, typeof config === "object" ? config : {});
    this.once("connect", () => {
      this.#isConnected = true;
    });
  }

  /**
   * Sends the check of the settings in front of the first statement. If it fails, every statement of the connection fails with
   * its error, and the connection is closed.
   */
  checkSettings(kind: ConnectionKind, durability: Durability | null): void {
    this.query(settingsCheck(kind, durability), (error: Error | null) => {
      // A connection that broke meanwhile reports that itself.
      if (!error || !("severity" in error)) return;
      this.connection.emit("error", settingsProblem(error));
      this.connection.stream.destroy();
    });
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** True while the connection is being established or a query has not been answered. */
  get isWaiting(): boolean {
    const { readyForQuery, _sentQueryQueue } = this.#internals;
    return readyForQuery !== true || _sentQueryQueue.length > 0;
  }

  get bytesRead(): number {
    const { stream } = this.connection;
    return stream instanceof Socket ? stream.bytesRead : 0;
  }

  /** The process id of the PostgreSQL backend; behind a pooler, an id that the pooler made up. */
  get backendPid(): number | null {
    return this.#internals.processID;
  }

  /** Closes the socket at once. Every query without an answer fails with the error. */
  destroy(error: Error): void {
    this.connection.stream.destroy(error);
  }

  /** Makes the pool close the connection when it is released. */
  retire(): void {
    this.#isRetired = true;
  }

  /** Called when the connection is released, before the pool decides whether to keep it. */
  onRelease(): void {
    // pg's pool removes a released client with this internal flag.
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
    const late = setTimeout(() => this.connection.stream.destroy(), LONGEST_END_MS).unref();
    this.once("end", () => clearTimeout(late));
    return ended;
  }

  get #internals(): Internals {
    return this as unknown as Internals;
  }
}
