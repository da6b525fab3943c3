// Distribution of the pool's connections: in rotation among the owners that wait, and never nearly all to one owner.
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import { FairQueue, SERVER, type QueuePlace } from "../../src/pool/fair-queue.ts";
import { DatabaseBusy } from "../../src/index.ts";

const SIZE = 16;
/** The connections of the other owners: two are reserved for the server itself. */
const OTHERS = 14;
/** The maximum for one owner: three of the other connections stay free. */
const MAX_OF_ONE = 11;

let queue: FairQueue;
let open: number;
let refusesToConnect: boolean;
beforeEach(() => {
  open = 0;
  refusesToConnect = false;
  queue = new FairQueue({ connect, size: SIZE });
});

/** A fake of pg's pool. Only the number of its connections matters here. */
async function connect(): Promise<pg.PoolClient> {
  if (refusesToConnect) throw new Error("refused");
  open += 1;
  return { release: () => void (open -= 1) } as unknown as pg.PoolClient;
}

const served: string[] = [];
beforeEach(() => void served.splice(0));

/** Takes a connection and holds it until it is released. */
function hold(place: QueuePlace): { readonly done: Promise<void>; release(): void } {
  const end = new AbortController();
  const until = once(end.signal, "abort");
  const done = queue.take(place).then(async (client) => {
    served.push(place.isHeavy ? `${place.owner} heavy` : place.owner);
    await until;
    client.release();
  });
  done.catch(() => {});
  return { done, release: () => end.abort() };
}
const hold40 = (place: QueuePlace) => Array.from({ length: 40 }, () => hold(place));
const settle = () => delay(5);

describe("FairQueue", () => {
  it("F12 gives one owner at most three quarters, so that another owner gets a connection at once", async () => {
    hold40({ owner: "a" });
    await settle();
    expect(served).toEqual(Array.from({ length: MAX_OF_ONE }, () => "a"));
    hold({ owner: "b" });
    await settle();
    expect(served.at(-1)).toBe("b");
  });

  it("F12 serves waiting owners in rotation, not in order of arrival", async () => {
    const first = Array.from({ length: OTHERS }, (_, nth) => hold({ owner: `first ${nth}` }));
    await settle();
    expect(open).toBe(OTHERS);
    hold40({ owner: "a" });
    for (const owner of ["b", "c"]) hold({ owner });
    served.splice(0);
    for (const { release } of first.slice(0, 3)) {
      release();
      await settle();
    }
    expect(served).toEqual(["a", "b", "c"]);
  });

  it("F9 reserves connections for the server's own work and serves it every second time", async () => {
    const tenants = ["a", "b", "c", "d", "e", "f"].flatMap((owner) =>
      Array.from({ length: 10 }, () => hold({ owner })),
    );
    await settle();
    expect(open).toBe(OTHERS);
    const own = Array.from({ length: 3 }, () => hold({ owner: SERVER }));
    await settle();
    expect([open, served.slice(-2)]).toEqual([SIZE, [SERVER, SERVER]]);
    for (const { release } of tenants.slice(0, 3)) {
      release();
      await settle();
    }
    expect(served.slice(-3).map((owner) => owner === SERVER)).toEqual([true, false, false]);
    for (const { release } of own) release();
  });

  it("F12 gives heavy work of all owners at most a quarter, without delaying the owners' other work", async () => {
    hold40({ owner: "a", isHeavy: true });
    hold40({ owner: "b", isHeavy: true });
    await settle();
    expect(served.toSorted()).toEqual(["a heavy", "a heavy", "a heavy", "b heavy"]);
    hold({ owner: "a" });
    await settle();
    expect(served.at(-1)).toBe("a");
  });

  it("gets every connection back, also after a failed connect or a timeout", async () => {
    refusesToConnect = true;
    await expect(queue.take({ owner: "a" })).rejects.toThrow("refused");
    refusesToConnect = false;
    const all = [...hold40({ owner: "a" }), ...hold40({ owner: "b" })];
    await settle();
    for (const { release } of all) release();
    await Promise.all(all.map(({ done }) => done));
    expect([open, queue.waiting, queue.expectedMs]).toEqual([0, 0, 0]);
    hold40({ owner: "a" });
    await settle();
    expect(open).toBe(MAX_OF_ONE);
  });

  it("F2 throws DatabaseBusy after a wait of two seconds", async () => {
    hold40({ owner: "a" });
    await settle();
    const startedAt = performance.now();
    await expect(queue.take({ owner: "a" })).rejects.toBeInstanceOf(DatabaseBusy);
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    hold({ owner: "b" });
    await settle();
    expect(served.at(-1)).toBe("b");
  });

  it("F9 refuses at once only an owner whose queue cannot be served in time", async () => {
    hold40({ owner: "a" });
    // No connection is released: after a moment it is known that a new caller of this owner would time out.
    await delay(1_200);
    const startedAt = performance.now();
    await expect(queue.take({ owner: "a" })).rejects.toBeInstanceOf(DatabaseBusy);
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(queue.expectedMs).toBe(0);
    (await queue.take({ owner: "b" })).release();
  });

  it("F9 refuses a new owner at once when too many others are served first", async () => {
    const owners = Array.from({ length: 200 }, (_, nth) => `w${nth}`);
    const all = owners.map((owner) => hold({ owner }));
    await delay(1_200);
    // About one of two hundred is served each second.
    all[0]?.release();
    await settle();
    expect(queue.expectedMs).toBeGreaterThan(2_000);
    await expect(queue.take({ owner: "late" })).rejects.toBeInstanceOf(DatabaseBusy);
    (await queue.take({ owner: SERVER })).release();
  });

  it("serves callers one after another with a pool of one connection", async () => {
    queue = new FairQueue({ connect, size: 1 });
    const both = [hold({ owner: "a", isHeavy: true }), hold({ owner: "b" })];
    await settle();
    expect(open).toBe(1);
    for (const { release } of both) release();
    await Promise.all(both.map(({ done }) => done));
    expect(open).toBe(0);
  });
});
