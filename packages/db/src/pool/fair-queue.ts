// Distributes the pool's connections fairly among owners: workspaces, users and the server itself. Each owner has a queue,
// and the queues are served in rotation. An owner that holds connections may take another one only while the free ones are
// at least a third of those it holds. So one owner takes at most about three quarters, and another owner finds a free one.
// Heavy statements share a quarter of the connections. There, the free ones must be at least as many as the owner holds.
import type pg from "pg";
import { Backlog } from "../connection/backlog.ts";
import { DatabaseBusy } from "../connection/failures.ts";

export interface QueuePlace {
  /** The id of a workspace or a user, or `SERVER`. */
  readonly owner: string;
  /** Whether the statement may use much of the database's CPU time, as a search does. */
  readonly isHeavy?: boolean;
}

/** The owner of the server's own work: sessions, sign-ins, sign-outs and mail. It gets every second free connection. */
export const SERVER = "server";

export interface FairQueueOptions {
  readonly connect: () => Promise<pg.PoolClient>;
  /** The number of connections. */
  readonly size: number;
  readonly now?: () => number;
}

const LONGEST_WAIT_MS = 2_000;
/** A caller with an expected wait of more than `longestWaitMs` is refused at once. */
const BOUNDS = { longestWaitMs: 1_500, alwaysAllowed: 16, maxSize: 1_000 } as const;

export class FairQueue {
  readonly #connect: () => Promise<pg.PoolClient>;
  readonly #now: (() => number) | undefined;
  readonly #all: Shares;
  readonly #heavy: Shares;
  /** The number of connections that only the server itself may take. */
  readonly #reserved: number;
  /** The maximum number of connections for the server itself. */
  readonly #maxForServer: number;
  readonly #queues = new Map<string, Queue>();
  #servedServerLast = false;
  /** All waiting callers of all owners. */
  readonly #backlog: Backlog;

  constructor({ connect, size, now }: FairQueueOptions) {
    this.#connect = connect;
    this.#now = now;
    this.#all = new Shares(size, 3);
    this.#heavy = new Shares(Math.max(1, Math.floor(size / 4)), 1);
    this.#reserved = Math.floor(size / 8);
    this.#maxForServer = size - Math.floor(size / 4);
    this.#backlog = new Backlog({ ...BOUNDS, maxSize: Number.POSITIVE_INFINITY }, now);
  }

  /** The number of callers that wait for a connection. */
  get waiting(): number {
    return this.#backlog.size;
  }

  /** The expected time until every waiting caller is served; 0 while a connection is free for another owner. */
  get expectedMs(): number {
    return this.#isExhausted ? this.#backlog.expectedMs(this.waiting) : 0;
  }

  get #isExhausted(): boolean {
    return this.#all.left <= this.#reservedNow;
  }

  /** The number of reserved connections that the server does not use now. */
  get #reservedNow(): number {
    return Math.max(0, this.#reserved - this.#all.heldBy(SERVER));
  }

  /**
   * Waits for a connection, which the caller releases as usual.
   * @throws DatabaseBusy at once when the owner's queue is too long to be served in time, or after two seconds
   */
  async take(place: QueuePlace): Promise<pg.PoolClient> {
    const name = queueName(place);
    if (this.#queues.has(name) || !this.#mayTake(place)) await this.#wait(name, place);
    else this.#hold(place);
    return this.#connectFor(place);
  }

  async #connectFor(place: QueuePlace): Promise<pg.PoolClient> {
    const client = await this.#connect().catch((error: unknown) => {
      this.#giveBack(place);
      throw error;
    });
    const release = client.release.bind(client);
    client.release = (error) => {
      release(error);
      this.#giveBack(place);
    };
    return client;
  }

  #wait(name: string, place: QueuePlace): Promise<void> {
    const queue = this.#queues.get(name) ?? { place, backlog: new Backlog(BOUNDS, this.#now), waiters: [] };
    if (queue.backlog.isFull || this.#isTooFarBack(queue))
      throw new DatabaseBusy("Too many callers wait for a connection to the database.");
    this.#queues.set(name, queue);
    return new Promise((resolve, reject) => {
      const waiting = queue.backlog.enter();
      const waitingAmongAll = this.#backlog.enter();
      const leave = (isServed: boolean) => {
        clearTimeout(late);
        queue.backlog.leave(waiting, isServed);
        this.#backlog.leave(waitingAmongAll, isServed);
        if (queue.waiters.length === 0) this.#queues.delete(name);
      };
      const begin = () => {
        leave(true);
        resolve();
      };
      const late = setTimeout(() => {
        queue.waiters.splice(queue.waiters.indexOf(begin), 1);
        leave(false);
        reject(new DatabaseBusy("No connection to the database became free within two seconds."));
      }, LONGEST_WAIT_MS);
      queue.waiters.push(begin);
    });
  }

  /** Whether a new caller at the end of the queue would wait too long. Each queue is served once in a round. */
  #isTooFarBack({ backlog }: Queue): boolean {
    if (!this.#isExhausted) return false;
    const rounds = backlog.size + 1;
    let ahead = 0;
    for (const other of this.#queues.values()) ahead += Math.min(other.backlog.size, rounds);
    return this.#backlog.isTooMany(ahead);
  }

  #mayTake({ owner, isHeavy = false }: QueuePlace): boolean {
    if (owner === SERVER) return this.#all.left > 0 && this.#all.heldBy(SERVER) < this.#maxForServer;
    return this.#all.mayTake(owner, this.#reservedNow) && (!isHeavy || this.#heavy.mayTake(owner, 0));
  }

  #hold({ owner, isHeavy = false }: QueuePlace): void {
    this.#all.take(owner);
    if (isHeavy) this.#heavy.take(owner);
  }

  #giveBack({ owner, isHeavy = false }: QueuePlace): void {
    this.#all.giveBack(owner);
    if (isHeavy) this.#heavy.giveBack(owner);
    this.#serveNext();
  }

  /** Serves the first queue that may take a connection, and moves it behind the others. */
  #serveNext(): void {
    for (const [name, queue] of this.#inOrder()) {
      if (!this.#mayTake(queue.place)) continue;
      this.#queues.delete(name);
      const begin = queue.waiters.shift();
      if (!begin) continue;
      if (queue.waiters.length > 0) this.#queues.set(name, queue);
      this.#hold(queue.place);
      this.#servedServerLast = name === SERVER;
      begin();
      // One released connection can serve two queues: the end of a heavy statement also frees a heavy place.
      return this.#serveNext();
    }
  }

  *#inOrder(): Generator<[string, Queue]> {
    const server = this.#queues.get(SERVER);
    if (server && !this.#servedServerLast) yield [SERVER, server];
    for (const entry of this.#queues) if (entry[0] !== SERVER) yield entry;
    if (server && this.#servedServerLast) yield [SERVER, server];
  }
}

interface Queue {
  readonly place: QueuePlace;
  readonly backlog: Backlog;
  /** The waiting callers in order of arrival. */
  readonly waiters: (() => void)[];
}

/** Heavy work has a separate queue, so that it does not delay the owner's other work. */
const queueName = ({ owner, isHeavy = false }: QueuePlace): string => (isHeavy ? `${owner} heavy` : owner);

/** Counts the places that each owner holds. */
class Shares {
  readonly #size: number;
  readonly #ratio: number;
  readonly #held = new Map<string, number>();
  #taken = 0;

  /** @param ratio an owner may take another place while it holds at most `ratio` times the free places */
  constructor(size: number, ratio: number) {
    this.#size = size;
    this.#ratio = ratio;
  }

  get left(): number {
    return this.#size - this.#taken;
  }

  mayTake(owner: string, reserved: number): boolean {
    const left = this.left - reserved;
    const held = this.heldBy(owner);
    return left > 0 && held <= this.#ratio * left;
  }

  heldBy(owner: string): number {
    return this.#held.get(owner) ?? 0;
  }

  take(owner: string): void {
    this.#taken += 1;
    this.#held.set(owner, this.heldBy(owner) + 1);
  }

  giveBack(owner: string): void {
    this.#taken -= 1;
    const held = this.heldBy(owner) - 1;
    if (held > 0) this.#held.set(owner, held);
    else this.#held.delete(owner);
  }
}
