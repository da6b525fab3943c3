// The pool of the server's connections. It refuses to hand out connections while the database is known not to answer, and
// closes lost connections.
import pg from "pg";
import { BoundedClient, ConnectionLost } from "./bounded-client.ts";
import type { ConnectionWatch } from "./connection-watch.ts";

export interface PoolState {
  /** The number of connections that are open or being opened. */
  readonly total: number;
  /** The number of open connections that are not in use. */
  readonly idle: number;
  /** The number of callers that wait for a connection. */
  readonly waiting: number;
}

export interface PoolSize extends PoolState {
  /** The most connections that may be open. */
  readonly most: number;
}

export const stateOf = ({ totalCount, idleCount, waitingCount }: pg.Pool): PoolState => ({
  total: totalCount,
  idle: idleCount,
  waiting: waitingCount,
});

type ConnectCallback = Parameters<pg.Pool["connect"]>[0];

/** How long connections in use may continue after the pool is closed. */
const GRACE_MS = 1_000;

export class BoundedPool extends pg.Pool {
  readonly #watch: ConnectionWatch;

  constructor(options: pg.PoolConfig, watch: ConnectionWatch) {
    super({
      ...options,
      Client: class extends BoundedClient {
        constructor(config?: string | pg.ClientConfig) {
          super(config);
          watch.add(this);
        }
      },
    });
    this.#watch = watch;
    this.on("acquire", (client) => client instanceof BoundedClient && watch.onAcquire(client));
    this.on("release", (_, client) => client instanceof BoundedClient && watch.onRelease(client));
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | void {
    if (!this.#watch.isUnreachable) return callback ? super.connect(callback) : super.connect();
    const error = new ConnectionLost("The database does not answer.");
    if (!callback) return Promise.reject(error);
    process.nextTick(() => callback(error, undefined, () => {}));
  }

  /** Closes the pool. A connection that is not released within a second is destroyed. */
  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    const late = setTimeout(() => this.#watch.destroyAll(), GRACE_MS);
    const finish = () => {
      clearTimeout(late);
      this.#watch.stop();
    };
    if (!callback) return super.end().finally(finish);
    super.end(() => {
      finish();
      callback();
    });
  }

  /** Replaces the connections to a server that accepts no writes. */
  renew(): void {
    this.#watch.renew();
  }
}
