// One connection: who is at its other end, and the requests that came on it. They run one after the other, as HTTP wants it
// of those that change something (RFC 9112, section 9.3.2), and so that a peer that does not read holds one answer at most.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Address } from "../../runtime/address.ts";
import { MAX_WAITING } from "./bounds.ts";

/** Is told when a connection begins and ends to wait for its peer. */
export interface Watch {
  busy(connection: Connection): void;
  idle(connection: Connection): void;
  /** Is told why a connection is closed from this side. */
  closed(connection: Connection, reason: string): void;
}

/** How long an answer may wait for its peer. */
export interface UnreadLimits {
  readonly graceMs: number;
  readonly slowestBytesPerMs: number;
}

interface Waiting {
  readonly response: ServerResponse;
  readonly run: () => void;
}

export class Connection {
  readonly socket: Socket;
  readonly address: Address;
  /** The network that limits count as one address: the address itself, or its IPv6 /64. */
  readonly network: string;
  readonly #watch: Watch;
  #running: ServerResponse | null = null;
  #waiting: Waiting[] = [];
  #isLast = false;
  #unread: { readonly answer: ServerResponse | null; readonly untilMs: number } | null = null;

  constructor(socket: Socket, { address, network }: { address: Address; network: string }, watch: Watch) {
    this.socket = socket;
    this.address = address;
    this.network = network;
    this.#watch = watch;
  }

  /** The answer that is due, if a request is being received or answered. */
  get running(): ServerResponse | null {
    return this.#running;
  }

  /** Bytes of answers that the peer has not taken. */
  get unreadBytes(): number {
    return this.#running?.writableLength ?? this.socket.writableLength;
  }

  /**
   * Whether an answer has been unread for too long. An answer is given the grace, and more time the larger it was when it
   * was first seen waiting. What the peer sends meanwhile changes nothing.
   */
  isOverdue(nowMs: number, { graceMs, slowestBytesPerMs }: UnreadLimits): boolean {
    const bytes = this.unreadBytes;
    if (bytes === 0) {
      this.#unread = null;
      return false;
    }
    if (this.#unread?.answer !== this.#running) {
      this.#unread = { answer: this.#running, untilMs: nowMs + graceMs + bytes / slowestBytesPerMs };
    }
    return nowMs > this.#unread.untilMs;
  }

  /** Whether the server can do nothing for this connection before its peer sends or reads something. */
  get waitsForPeer(): boolean {
    return !this.#running || !this.#running.req.complete || this.unreadBytes > 0;
  }

  /** Runs the request now, or after those that came before it. */
  take(response: ServerResponse, run: () => void): void {
    if (this.socket.destroyed || this.#isLast) return;
    if (!this.#running) {
      this.#watch.busy(this);
      this.#run(response, run);
    } else if (this.#waiting.length < MAX_WAITING) {
      this.#waiting.push({ response, run });
    } else {
      this.close(`more than ${MAX_WAITING} requests wait for their turn`);
    }
  }

  #run(response: ServerResponse, run: () => void): void {
    this.#running = response;
    response.once("close", this.#next).on("error", ignored);
    run();
  }

  readonly #next = (): void => {
    this.#running = null;
    if (this.socket.destroyed) return;
    if (this.#isLast) {
      this.socket.destroySoon();
      return;
    }
    const next = this.#waiting.shift();
    if (next) this.#run(next.response, next.run);
    else this.#watch.idle(this);
  };

  /** Closes the connection when the running request is answered. Requests that wait are dropped, and more are not taken. */
  closeAfterAnswer(): void {
    this.#isLast = true;
    this.#waiting = [];
  }

  close(reason: string): void {
    this.#watch.closed(this, reason);
    this.#waiting = [];
    // A peer that does not read would keep an ordinary end, and all that is sent before it, in the kernel.
    if (this.#running) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }
}

/** A lost peer is no server error; the request's signal aborts the work. */
const ignored = (): void => {};
