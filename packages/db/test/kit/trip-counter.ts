// Stands between a pool and PostgreSQL and counts what isolation costs: a trip is a turn of the conversation, the
// client speaking after the server did, on any connection. The server's answers are held back for a moment,
// as on a real network, so that what the client sends without waiting for an answer belongs to the same trip.
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { inject } from "vitest";
import { createDb, openPool, type Db } from "../../src/index.ts";

const HELD_BACK_MS = 15;

export interface CountedDb {
  readonly db: Db;
  /** Runs the work and tells how many trips passed until its result was there. */
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
      await delay(2 * HELD_BACK_MS); // what was not waited for is answered before the next count
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
