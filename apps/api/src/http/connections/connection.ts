// One connection: the address of its peer and its requests. The requests run one after another, as HTTP requires for
// requests that change state (RFC 9112, section 9.3.2), so a peer that does not read its responses holds at most one in
// memory.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Address } from "../../runtime/address.ts";
import { MAX_WAITING } from "./bounds.ts";

/** Receives the changes of a connection's state. */
export interface Watch {
  busy(connection: Connection): void;
  idle(connection: Connection): void;
  /** Called when the server closes the connection, with the reason. */
  closed(connection: Connection, reason: string): void;
}

/** How long a response may stay unread: the grace period, plus time in proportion to its size. */
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
  /** The network that limits count as one address: the IPv4 address or the IPv6 /64. */
  readonly network: string;
  readonly #watch: Watch;
  #running: ServerResponse | null = null;
  #waiting: Waiting[] = [];
  #isLast = false;
  #announcesClose = false;
  /** The response that says `connection: close` because the server announces the close, or null. */
  #announcing: ServerResponse | null = null;
  #unread: { answer: ServerResponse | null; bytes: number; checkedAtMs: number; untilMs: number } | null =
    null;

  constructor(socket: Socket, { address, network }: { address: Address; network: string }, watch: Watch) {
    this.socket = socket;
    this.address = address;
    this.network = network;
    this.#watch = watch;
  }

  /** The response to the request that is being received or answered, or null. */
  get running(): ServerResponse | null {
    return this.#running;
  }

  /** The number of response bytes that the peer has not read. */
  get unreadBytes(): number {
    return this.#running?.writableLength ?? this.socket.writableLength;
  }

  /**
   * Whether a response has been unread for too long. Its deadline is the grace period plus the time to read, at the slowest
   * accepted rate, the bytes that were unread when it was first checked. Only further bytes of the same response extend it,
   * by the time to read them. Bytes that the peer sends do not.
   */
  isOverdue(nowMs: number, { graceMs, slowestBytesPerMs }: UnreadLimits): boolean {
    const bytes = this.unreadBytes;
    if (bytes === 0) {
      this.#unread = null;
      return false;
    }
    if (this.#unread?.answer !== this.#running) {
      const untilMs = nowMs + graceMs + bytes / slowestBytesPerMs;
      this.#unread = { answer: this.#running, bytes, checkedAtMs: nowMs, untilMs };
      return false;
    }
    const unread = this.#unread;
    // The next line of a streamed batch was written. Meanwhile the peer may have read others.
    if (bytes > unread.bytes)
      unread.untilMs += (bytes - unread.bytes) / slowestBytesPerMs + nowMs - unread.checkedAtMs;
    unread.bytes = bytes;
    unread.checkedAtMs = nowMs;
    return nowMs > unread.untilMs;
  }

  /** Whether the connection waits for its peer to send or read something. */
  get waitsForPeer(): boolean {
    return !this.#running || !this.#running.req.complete || this.unreadBytes > 0;
  }

  /**
   * From now on the last response says `connection: close`. If the peer sends another request before the head of that
   * response is sent, the response to the new request says it instead. A request after the announcement is not run, as
   * RFC 9112 requires (section 9.6).
   */
  announceClose(): void {
    if (this.#announcesClose) return;
    this.#announcesClose = true;
    const last = this.#waiting.at(-1)?.response ?? this.#running;
    if (last) this.#announceIn(last);
  }

  /** @returns false when an earlier response has already announced the close */
  #announceIn(response: ServerResponse): boolean {
    if (this.#announcing?.headersSent) return false;
    if (this.#announcing) this.#announcing.shouldKeepAlive = true;
    this.#announcing = null;
    if (!response.headersSent && response.shouldKeepAlive) {
      response.shouldKeepAlive = false;
      this.#announcing = response;
    }
    return true;
  }

  /** Runs the request now, or after the requests before it. */
  take(response: ServerResponse, run: () => void): void {
    if (!this.socket.writable || this.#isLast) return;
    if (this.#announcesClose && !this.#announceIn(response)) return;
    if (!this.#running) {
      this.#watch.busy(this);
      this.#run(response, run);
    } else if (this.#waiting.length < MAX_WAITING) {
      this.#waiting.push({ response, run });
    } else {
      this.close(`more than ${MAX_WAITING} requests are waiting`);
    }
  }

  #run(response: ServerResponse, run: () => void): void {
    this.#running = response;
    response.once("close", this.#next).on("error", ignoreError);
    run();
  }

  readonly #next = (): void => {
    this.#running = null;
    // After a response that closes the connection, the answers to further requests could not be sent.
    if (!this.socket.writable) this.#waiting = [];
    if (this.socket.destroyed) return;
    if (this.#isLast) {
      this.socket.destroySoon();
      return;
    }
    const next = this.#waiting.shift();
    if (next) this.#run(next.response, next.run);
    else this.#watch.idle(this);
  };

  /** Closes the connection after the response to the running request. Waiting and later requests are dropped. */
  closeAfterAnswer(): void {
    this.#isLast = true;
    this.#waiting = [];
  }

  close(reason: string): void {
    this.#watch.closed(this, reason);
    this.#waiting = [];
    // A reset discards the unread data. An ordinary close would keep it in the kernel for a peer that does not read.
    if (this.#running) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }
}

/** A lost connection is not a server error. The request's signal aborts the work. */
const ignoreError = (): void => {};
