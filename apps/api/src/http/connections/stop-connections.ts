// Stops the HTTP server in steps, so that a balancer can send its requests elsewhere before the first one is refused.
import { once } from "node:events";
import type { Server } from "node:http";
import { setImmediate as untilRead } from "node:timers/promises";
import type { Connections } from "./connections.ts";

/** How long before the end the requests without an answer are refused, so that their peers can read the refusal. */
const REFUSAL_MS = 500;

/** How long a new connection may wait for its first byte after the listener has closed. */
const FIRST_BYTE_MS = 1_000;

export interface Stop {
  /** Whether the server is stopping: `/readyz` says so, and every response announces the close of its connection. */
  readonly isAnnounced: boolean;
  /** Whether new requests are refused, because their answers would come too late. */
  readonly isRefusing: boolean;
  /** Announces the stop. The server still accepts connections and serves every request. */
  announce(): void;
  /**
   * Closes the listener, then each connection when it is idle. Serves the requests that arrive on the others, refuses the
   * rest shortly before the time limit, and then closes all connections.
   */
  closeAll(withinMs: number): Promise<void>;
}

export interface StopOptions {
  readonly connections: Connections;
  /** Refuses the requests whose responses have not begun. */
  readonly refuseUnanswered: () => void;
}

export function createStop(server: Server, { connections, refuseUnanswered }: StopOptions): Stop {
  let isAnnounced = false;
  let isRefusing = false;
  const announce = () => {
    isAnnounced = true;
    connections.announceClose();
  };
  return {
    get isAnnounced() {
      return isAnnounced;
    },
    get isRefusing() {
      return isRefusing;
    },
    announce,
    closeAll: async (withinMs) => {
      announce();
      // By then the event loop has accepted the connections and read the requests that the kernel had for it.
      await untilRead();
      const closed = once(server, "close");
      server.close();
      connections.closeIdle();
      const timers = [
        setTimeout(() => connections.closeSilent(), FIRST_BYTE_MS),
        setTimeout(
          () => {
            isRefusing = true;
            refuseUnanswered();
          },
          Math.max(0, withinMs - REFUSAL_MS),
        ),
        setTimeout(() => server.closeAllConnections(), withinMs),
      ];
      await closed;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
