// Hands out the pool's connections fairly. Whoever owns the work (a workspace, a person, the server itself) waits in a queue of
// its own; the queues take turns. An owner that already holds connections may take one more only while at least a third
// as many are left, so that one owner alone takes about three quarters at most, and a newcomer finds one at once.
// Statements that may keep a processor busy share a quarter of the connections: there at least as many must be left as the
// owner holds.
import type pg from "pg";
import { Backlog } from "../connection/backlog.ts";
import { DatabaseBusy } from "../connection/failures.ts";

export interface QueuePlace {
  /** A workspace or a person by their id, or the server itself. */
  readonly owner: string;
  /** Whether the statement may keep one of the database's processors busy for long, as a search does. */
  readonly isHeavy?: boolean;
}

/** The server's own work: sessions, sign-ins and sign-outs, mail. It has every second turn. */
export const SERVER = "server";

export interface FairQueueOptions {
  readonly connect: () => Promise<pg.PoolClient>;
  /** How many connections there are. */
  readonly size: number;
  readonly now?: () => number;
}

const LONGEST_WAIT_MS = 2_000;
/** A newcomer that would wait longer than `longestWaitMs` is refused at once. */
const BOUNDS = { longestWaitMs: 1_500, few: 16, most: 1_000 } as const;

export class FairQueue {
  readonly #connect: () => Promise<pg.PoolClient>;
  readonly #now: (() => number) | undefined;
  readonly #all: Shares;
  readonly #heavy: Shares;
  /** So many are left for the server itself. */
  readonly #reserved: number;
  /** And so many it may take at most. */
  readonly #mostForServer: number;
  readonly #queues = new Map<string, Queue>();
  #wasServersTurn = false;
  /** All waiting callers of all owners. */
  readonly #backlog: Backlog;

  constructor({ connect, size, now }: FairQueueOptions) {
    this.#connect = connect;
    this.#now = now;
    this.#all = new Shares(size, 3);
    this.#heavy = new Shares(Math.max(1, Math.floor(size / 4)), 1);
    this.#reserved = Math.floor(size / 8);
    this.#mostForServer = size - Math.floor(size / 4);
    this.#backlog = new Backlog({ ...BOUNDS, most: Number.POSITIVE_INFINITY }, now);
  }

  /** How many wait for a connection. */
  get waiting(): number {
    return this.#backlog.size;
  }

  /** How long it takes until all who wait are served, where none is free; 0 where only some owners wait for their share. */
  get expectedMs(): number {
    return this.#isExhausted ? this.#backlog.expectedMs(this.waiting) : 0;
  }

  get #isExhausted(): boolean {
    return this.#all.left <= this.#reservedNow;
  }

  /** Of those that are reserved, how many the server itself does not use at the moment. */
  get #reservedNow(): number {
    return Math.max(0, this.#reserved - this.#all.heldBy(SERVER));
  }

  /**
   * Waits for a connection, which the caller releases as usual.
   * @throws DatabaseBusy at once when the owner's queue is too long to be served in time, or after two seconds
   */
  async take(turn: QueuePlace): Promise<pg.PoolClient> {
    const name = queueName(turn);
    if (this.#queues.has(name) || !this.#mayTake(turn)) await this.#wait(name, turn);
    else this.#hold(turn);
    return this.#lend(turn);
  }

  async #lend(turn: QueuePlace): Promise<pg.PoolClient> {
    const client = await this.#connect().catch((error: unknown) => {
      this.#giveBack(turn);
      throw error;
    });
    const release = client.release.bind(client);
    client.release = (error) => {
      release(error);
      this.#giveBack(turn);
    };
    return client;
  }

  #wait(name: string, turn: QueuePlace): Promise<void> {
    const queue = this.#queues.get(name) ?? { turn, backlog: new Backlog(BOUNDS, this.#now), waiters: [] };
    if (queue.backlog.isFull || this.#isTooFarBack(queue))
      throw new DatabaseBusy("Too many wait for a connection to the database.");
    this.#queues.set(name, queue);
    return new Promise((resolve, reject) => {
      const place = queue.backlog.enter();
      const placeAmongAll = this.#backlog.enter();
      const leave = (isServed: boolean) => {
        clearTimeout(late);
        queue.backlog.leave(place, isServed);
        this.#backlog.leave(placeAmongAll, isServed);
        if (queue.waiters.length === 0) this.#queues.delete(name);
      };
      const begin = () => {
        leave(true);
        resolve();
      };
      const late = setTimeout(() => {
        queue.waiters.splice(queue.waiters.indexOf(begin), 1);
        leave(false);
        reject(new DatabaseBusy("No connection to the database came free in two seconds."));
      }, LONGEST_WAIT_MS);
      queue.waiters.push(begin);
    });
  }

  /** The queues take turns: before a newcomer's turn each of the others has had as many as the newcomer's own needs. */
  #isTooFarBack({ backlog }: Queue): boolean {
    if (!this.#isExhausted) return false;
    const turns = backlog.size + 1;
    let ahead = 0;
    for (const other of this.#queues.values()) ahead += Math.min(other.backlog.size, turns);
    return this.#backlog.isTooMany(ahead);
  }

  #mayTake({ owner, isHeavy = false }: QueuePlace): boolean {
    if (owner === SERVER) return this.#all.left > 0 && this.#all.heldBy(SERVER) < this.#mostForServer;
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

  /** Serves the first queue that may go on, and puts it behind the others. */
  #serveNext(): void {
    for (const [name, queue] of this.#inOrder()) {
      if (!this.#mayTake(queue.turn)) continue;
      this.#queues.delete(name);
      const begin = queue.waiters.shift();
      if (!begin) continue;
      if (queue.waiters.length > 0) this.#queues.set(name, queue);
      this.#hold(queue.turn);
      this.#wasServersTurn = name === SERVER;
      begin();
      // With one connection two queues may go on: a search that ends also makes room among the searches.
      return this.#serveNext();
    }
  }

  *#inOrder(): Generator<[string, Queue]> {
    const server = this.#queues.get(SERVER);
    if (server && !this.#wasServersTurn) yield [SERVER, server];
    for (const entry of this.#queues) if (entry[0] !== SERVER) yield entry;
    if (server && this.#wasServersTurn) yield [SERVER, server];
  }
}

interface Queue {
  readonly turn: QueuePlace;
  readonly backlog: Backlog;
  /** In the order in which they came. */
  readonly waiters: (() => void)[];
}

/** Heavy work waits apart, so that it keeps nothing else of its owner waiting. */
const queueName = ({ owner, isHeavy = false }: QueuePlace): string => (isHeavy ? `${owner} heavy` : owner);

/** How many of a number of places each owner holds. */
class Shares {
  readonly #size: number;
  readonly #times: number;
  readonly #held = new Map<string, number>();
  #taken = 0;

  /** @param times how many times as many as are left an owner may hold */
  constructor(size: number, times: number) {
    this.#size = size;
    this.#times = times;
  }

  get left(): number {
    return this.#size - this.#taken;
  }

  mayTake(owner: string, reserved: number): boolean {
    const left = this.left - reserved;
    const held = this.heldBy(owner);
    return left > 0 && held <= this.#times * left;
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
