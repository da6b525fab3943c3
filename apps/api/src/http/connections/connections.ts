// All connections of the server: each has an address from its opening on, and their number, their time and their unread bytes
// are bounded. When there is no room, the connection that has waited for its peer the longest makes room for the new one.
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Reason } from "@projostack/contract";
import type { ConnectionBounds } from "../../config/connection-bounds.ts";
import { parseAddress } from "../../runtime/address.ts";
import { networkOf } from "../../limits/limiter/network-of.ts";
import type { Log } from "../../runtime/log.ts";
import type { IsTrusted } from "../address-of.ts";
import { SLOWEST_BYTES_PER_MS, UNREAD_CHECK_MS } from "./bounds.ts";
import { Connection, type Watch } from "./connection.ts";
import { throttleLog } from "./throttle-log.ts";

export interface Connections {
  /** The connection of a socket, also when it is closed; undefined when it was not accepted. */
  of(socket: Socket): Connection | undefined;
  /** Every connection with a request that is not answered yet. */
  busy(): Connection[];
}

export interface ConnectionsOptions {
  readonly bounds: ConnectionBounds;
  readonly isTrusted: IsTrusted;
  readonly log: Log;
  /** Answers a connection that is not accepted, and closes it. */
  readonly refuse: (socket: Socket, reason: Reason) => void;
  /** A peer that reads as fast as this can read an answer of any size. */
  readonly slowestBytesPerMs?: number;
}

export function watchConnections(
  server: Server,
  { bounds, isTrusted, log, refuse, slowestBytesPerMs = SLOWEST_BYTES_PER_MS }: ConnectionsOptions,
): Connections {
  const all = new Set<Connection>();
  const bySocket = new WeakMap<Socket, Connection>();
  /** Those without a request, the longest idle first. */
  const idle = new Set<Connection>();
  const perNetwork = new Map<string, number>();
  const logClosed = throttleLog((facts) => log.warn(facts, "a connection was closed"));
  const watch: Watch = {
    busy: (connection) => void idle.delete(connection),
    idle: (connection) => void idle.add(connection),
    closed: ({ address: ip }, reason) => logClosed({ ip, reason }),
  };

  const makeRoom = (isMeant: (connection: Connection) => boolean, reason: string): boolean => {
    const victim = first(idle, isMeant) ?? first(all, (one) => isMeant(one) && one.waitsForPeer);
    victim?.close(reason);
    if (victim) forget(victim);
    return victim !== undefined;
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
      // It was reset before it was accepted: there is nobody to answer, and nobody to put on record.
      socket.destroy();
      return;
    }
    const network = networkOf(address);
    const isFull = (perNetwork.get(network) ?? 0) >= bounds.perAddress && !isTrusted(address);
    if (isFull && !makeRoom((one) => one.network === network, "its address has too many")) {
      logClosed({ ip: address, reason: "its address has too many, all of them busy" });
      refuse(socket, "limit.exceeded");
      return;
    }
    if (all.size >= bounds.inAll && !makeRoom(() => true, "the server has too many")) {
      logClosed({ ip: address, reason: "the server has too many, all of them busy" });
      refuse(socket, "server.busy");
      return;
    }
    const connection = new Connection(socket, { address, network }, watch);
    all.add(connection);
    bySocket.set(socket, connection);
    idle.add(connection);
    perNetwork.set(network, (perNetwork.get(network) ?? 0) + 1);
    socket.once("close", () => forget(connection));
  });

  const patience = { graceMs: bounds.unreadMs, slowestBytesPerMs };
  const check = setInterval(() => {
    const now = performance.now();
    for (const one of all) if (one.isOverdue(now, patience)) one.close("its peer does not read");
    for (const one of mostUnread(all, bounds.unreadBytes))
      one.close("too many bytes wait for peers that do not read");
  }, UNREAD_CHECK_MS);
  check.unref();
  server.once("close", () => clearInterval(check));

  return {
    of: (socket) => bySocket.get(socket),
    busy: () => [...all].filter(({ running }) => running !== null),
  };
}

/** Those that must be closed until the rest is within the bound, those with the most unread bytes first. */
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

function first<T>(all: Iterable<T>, isMeant: (one: T) => boolean): T | undefined {
  for (const one of all) if (isMeant(one)) return one;
  return undefined;
}
