// How the pool's connections are handed out: in turn between those who wait, and never nearly all of them to one.
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import { FairQueue, SERVER, type QueuePlace } from "../../src/pool/fair-queue.ts";
import { DatabaseBusy } from "../../src/index.ts";

const SIZE = 16;
/** Two of them are left for the server itself. */
const OTHERS = 14;
/** Of these, what one owner may hold: three are left. */
const MOST_OF_ONE = 11;

let turns: FairQueue;
let open: number;
let refusesToConnect: boolean;
beforeEach(() => {
  open = 0;
  refusesToConnect = false;
  turns = new FairQueue({ connect, size: SIZE });
});

/** Stands for pg's pool, of which nothing but the number of connections matters here. */
async function connect(): Promise<pg.PoolClient> {
  if (refusesToConnect) throw new Error("refused");
  open += 1;
  return { release: () => void (open -= 1) } as unknown as pg.PoolClient;
}

const served: string[] = [];
beforeEach(() => void served.splice(0));

/** Takes a connection and holds it until it is told to let go. */
function hold(turn: QueuePlace): { readonly done: Promise<void>; letGo(): void } {
  const end = new AbortController();
  const until = once(end.signal, "abort");
  const done = turns.take(turn).then(async (client) => {
    served.push(turn.isHeavy ? `${turn.owner} heavy` : turn.owner);
    await until;
    client.release();
  });
  done.catch(() => {});
  return { done, letGo: () => end.abort() };
}
const hold40 = (turn: QueuePlace) => Array.from({ length: 40 }, () => hold(turn));
const settle = () => delay(5);

describe("connections", () => {
  it("F12 are given to one owner alone up to three quarters, and a newcomer finds one at once", async () => {
    hold40({ owner: "a" });
    await settle();
    expect(served).toEqual(Array.from({ length: MOST_OF_ONE }, () => "a"));
    hold({ owner: "b" });
    await settle();
    expect(served.at(-1)).toBe("b");
  });

  it("F12 go to those who wait in turn, and not in the order in which they came", async () => {
    const first = Array.from({ length: OTHERS }, (_, nth) => hold({ owner: `first ${nth}` }));
    await settle();
    expect(open).toBe(OTHERS);
    hold40({ owner: "a" });
    for (const owner of ["b", "c"]) hold({ owner });
    served.splice(0);
    for (const { letGo } of first.slice(0, 3)) {
      letGo();
      await settle();
    }
    expect(served).toEqual(["a", "b", "c"]);
  });

  it("F9 are left for the server's own work, which has every second turn", async () => {
    const tenants = ["a", "b", "c", "d", "e", "f"].flatMap((owner) =>
      Array.from({ length: 10 }, () => hold({ owner })),
    );
    await settle();
    expect(open).toBe(OTHERS);
    const own = Array.from({ length: 3 }, () => hold({ owner: SERVER }));
    await settle();
    expect([open, served.slice(-2)]).toEqual([SIZE, [SERVER, SERVER]]);
    for (const { letGo } of tenants.slice(0, 3)) {
      letGo();
      await settle();
    }
    expect(served.slice(-3).map((owner) => owner === SERVER)).toEqual([true, false, false]);
    for (const { letGo } of own) letGo();
  });

  it("F12 are given to heavy work up to a quarter, for all owners together, and keep nothing else of its owner waiting", async () => {
    hold40({ owner: "a", isHeavy: true });
    hold40({ owner: "b", isHeavy: true });
    await settle();
    expect(served.toSorted()).toEqual(["a heavy", "a heavy", "a heavy", "b heavy"]);
    hold({ owner: "a" });
    await settle();
    expect(served.at(-1)).toBe("a");
  });

  it("are all given back, also when the database refuses to connect or the borrower waited in vain", async () => {
    refusesToConnect = true;
    await expect(turns.take({ owner: "a" })).rejects.toThrow("refused");
    refusesToConnect = false;
    const all = [...hold40({ owner: "a" }), ...hold40({ owner: "b" })];
    await settle();
    for (const { letGo } of all) letGo();
    await Promise.all(all.map(({ done }) => done));
    expect([open, turns.waiting, turns.expectedMs]).toEqual([0, 0, 0]);
    hold40({ owner: "a" });
    await settle();
    expect(open).toBe(MOST_OF_ONE);
  });

  it("F2 are waited for two seconds, and then the database is busy", async () => {
    hold40({ owner: "a" });
    await settle();
    const startedAt = performance.now();
    await expect(turns.take({ owner: "a" })).rejects.toBeInstanceOf(DatabaseBusy);
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    hold({ owner: "b" });
    await settle();
    expect(served.at(-1)).toBe("b");
  });

  it("F9 are refused at once to an owner whose queue is not served in time, and not to another", async () => {
    hold40({ owner: "a" });
    // None is given back: after a moment it is known that a newcomer of this owner would wait in vain.
    await delay(1_200);
    const startedAt = performance.now();
    await expect(turns.take({ owner: "a" })).rejects.toBeInstanceOf(DatabaseBusy);
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(turns.expectedMs).toBe(0);
    (await turns.take({ owner: "b" })).release();
  });

  it("F9 are refused at once to a newcomer when too many others take their turn first", async () => {
    const owners = Array.from({ length: 200 }, (_, nth) => `w${nth}`);
    const all = owners.map((owner) => hold({ owner }));
    await delay(1_200);
    // One a second or so were served, of two hundred.
    all[0]?.letGo();
    await settle();
    expect(turns.expectedMs).toBeGreaterThan(2_000);
    await expect(turns.take({ owner: "late" })).rejects.toBeInstanceOf(DatabaseBusy);
    (await turns.take({ owner: SERVER })).release();
  });

  it("of a pool of one are handed out one after the other", async () => {
    turns = new FairQueue({ connect, size: 1 });
    const both = [hold({ owner: "a", isHeavy: true }), hold({ owner: "b" })];
    await settle();
    expect(open).toBe(1);
    for (const { letGo } of both) letGo();
    await Promise.all(both.map(({ done }) => done));
    expect(open).toBe(0);
  });
});
