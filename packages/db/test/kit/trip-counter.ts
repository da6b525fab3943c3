// A proxy between a pool and PostgreSQL that counts round trips on all connections. A new trip begins when the client sends
// after the server has answered. The proxy delays the server's answers, as a network does, so that everything that the client
// sends without waiting for an answer belongs to the same trip.
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { inject } from "vitest";
import { createDb, openPool, type Db } from "../../src/index.ts";

const HELD_BACK_MS = 15;

export interface CountedDb {
  readonly db: Db;
  /** Runs the work. @returns the number of round trips until its result */
  tripsOf(work: () => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

export async function countTrips(database: string): Promise<CountedDb> {
  const { owner, server } = inject("cluster");
  const upstream = owner.host.startsWith("/")
    ? { path: `${owner.host}/.s.PGSQL.${owner.port}` }
    : { host: owner.host, port: owner.port };
  let trips = 0;
  const proxy = createServer({ noDelay: true }, (client) => {
    const postgres = connect(upstream);
    let clientsTurn = true;
    client.on("data", (bytes) => {
      if (clientsTurn) trips += 1;
      clientsTurn = false;
      postgres.write(bytes);
    });
    postgres.on("data", (bytes) => {
      setTimeout(() => {
        clientsTurn = true;
        if (client.writable) client.write(bytes);
      }, HELD_BACK_MS);
    });
    tie(client, postgres);
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const pool = openPool({ target: { host: "127.0.0.1", port, ...server, database }, max: 1 });
  const db = createDb({ pool });
  return {
    db,
    tripsOf: async (work) => {
      const before = trips;
      await work();
      const waited = trips - before;
      await delay(2 * HELD_BACK_MS); // Queries whose results the work did not await are answered before the next count.
      return waited;
    },
    close: async () => {
      await db.close();
      proxy.close();
    },
  };
}

function tie(one: Socket, other: Socket): void {
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    socket.on("close", () => peer.destroy());
    socket.on("error", () => peer.destroy());
  }
}
