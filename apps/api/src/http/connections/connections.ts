// Tracks all connections of the server and limits their number, duration and unread bytes. At a limit, a new connection
// replaces the connection that has waited longest for its peer.
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Reason } from "@projostack/contract";
import type { ConnectionBounds } from "../../config/connection-bounds.ts";
import { parseAddress } from "../../runtime/address.ts";
import { networkOf } from "../../limits/limiter/network-of.ts";
import type { Log } from "../../runtime/log.ts";
import type { IsTrusted } from "../address-of.ts";
import { SLOWEST_BYTES_PER_MS, UNREAD_CHECK_MS } from "./bounds.ts";
import { createStagedClose, type LingerBounds } from "./close-in-stages.ts";
import { Connection, type Watch } from "./connection.ts";
import { throttleLog } from "./throttle-log.ts";

export interface Connections {
  /** The connection of a socket, open or closed; undefined when it was not accepted. */
  of(socket: Socket): Connection | undefined;
  /** The connections with an unanswered request. */
  busy(): Connection[];
  /** Every open and every new connection announces in its next response that it closes. */
  announceClose(): void;
  /** Closes each connection as soon as no request of it has begun to arrive. Call it after the listener has closed. */
  closeIdle(): void;
  /** Closes the connections on which no byte has arrived. */
  closeSilent(): void;
}

export interface ConnectionsOptions {
  readonly bounds: ConnectionBounds;
  readonly isTrusted: IsTrusted;
  readonly log: Log;
  /** Answers a connection that is not accepted and closes it. */
  readonly refuse: (socket: Socket, reason: Reason) => void;
  /** The slowest accepted reading rate, in bytes per millisecond. */
  readonly slowestBytesPerMs?: number;
  /** The bounds of closed connections that wait for their peers. */
  readonly linger?: LingerBounds;
}

export function watchConnections(
  server: Server,
  { bounds, isTrusted, log, refuse, slowestBytesPerMs = SLOWEST_BYTES_PER_MS, linger }: ConnectionsOptions,
): Connections {
  const all = new Set<Connection>();
  const bySocket = new WeakMap<Socket, Connection>();
  /** The connections without a request, in the order in which they became idle. */
  const idle = new Set<Connection>();
  const perNetwork = new Map<string, number>();
  const closeInStages = createStagedClose(linger);
  const logClosed = throttleLog((facts) => log.warn(facts, "a connection was closed"));
  let announcesClose = false;
  let closesIdle = false;
  const watch: Watch = {
    busy: (connection) => void idle.delete(connection),
    idle: (connection) => {
      idle.add(connection);
      // Node knows whether the next request has begun to arrive. It sees the end of the response after this event.
      if (closesIdle) setImmediate(() => server.closeIdleConnections());
    },
    closed: ({ address: ip }, reason) => logClosed({ ip, reason }),
  };

  const closeLongestWaiting = (matches: (connection: Connection) => boolean, reason: string): boolean => {
    const closed = first(idle, matches) ?? first(all, (one) => matches(one) && one.waitsForPeer);
    closed?.close(reason);
    if (closed) forget(closed);
    return closed !== undefined;
  };
  const forget = (connection: Connection): void => {
    if (!all.delete(connection)) return;
    idle.delete(connection);
    const left = (perNetwork.get(connection.network) ?? 1) - 1;
    if (left > 0) perNetwork.set(connection.network, left);
    else perNetwork.delete(connection.network);
  };

  server.on("connection", (socket) => {
    const address = parseAddress(socket.remoteAddress);
    if (!address) {
      // The peer reset the connection before it was accepted, so there is no address to log and no peer to answer.
      socket.destroy();
      return;
    }
    closeInStages(socket);
    const network = networkOf(address);
    const isFull = (perNetwork.get(network) ?? 0) >= bounds.perAddress && !isTrusted(address);
    if (
      isFull &&
      !closeLongestWaiting((one) => one.network === network, "too many connections from this address")
    ) {
      logClosed({ ip: address, reason: "too many connections from this address, all of them busy" });
      refuse(socket, "limit.exceeded");
      return;
    }
    if (all.size >= bounds.inAll && !closeLongestWaiting(() => true, "too many connections to this server")) {
      logClosed({ ip: address, reason: "too many connections to this server, all of them busy" });
      refuse(socket, "server.busy");
      return;
    }
    const connection = new Connection(socket, { address, network }, watch);
    if (announcesClose) connection.announceClose();
    all.add(connection);
    bySocket.set(socket, connection);
    idle.add(connection);
    perNetwork.set(network, (perNetwork.get(network) ?? 0) + 1);
    socket.once("close", () => forget(connection));
  });

  const unreadLimits = { graceMs: bounds.unreadMs, slowestBytesPerMs };
  const check = setInterval(() => {
    const now = performance.now();
    for (const one of all) if (one.isOverdue(now, unreadLimits)) one.close("its peer does not read");
    for (const one of mostUnread(all, bounds.unreadBytes)) one.close("too many unread bytes in all");
  }, UNREAD_CHECK_MS);
  check.unref();
  server.once("close", () => clearInterval(check));

  return {
    of: (socket) => bySocket.get(socket),
    busy: () => [...all].filter(({ running }) => running !== null),
    announceClose: () => {
      announcesClose = true;
      for (const one of all) one.announceClose();
    },
    closeIdle: () => {
      closesIdle = true;
      server.closeIdleConnections();
    },
    closeSilent: () => {
      for (const { socket } of all) if (socket.bytesRead === 0) socket.destroy();
    },
  };
}

/** The connections with the most unread bytes, as many as must be closed to bring the total below the bound. */
function mostUnread(connections: ReadonlySet<Connection>, bound: number): Connection[] {
  let sum = 0;
  for (const { socket, unreadBytes } of connections) if (!socket.destroyed) sum += unreadBytes;
  if (sum <= bound) return [];
  const chosen: Connection[] = [];
  for (const one of [...connections].toSorted((a, b) => b.unreadBytes - a.unreadBytes)) {
    if (sum <= bound) break;
    sum -= one.unreadBytes;
    chosen.push(one);
  }
  return chosen;
}

function first<T>(all: Iterable<T>, matches: (one: T) => boolean): T | undefined {
  for (const one of all) if (matches(one)) return one;
  return undefined;
}
