import { expect, it } from "vitest";
import { createKnownAddresses } from "./known-addresses.ts";
import { openRedisAccess } from "../counting/counters.ts";

const redisAccess = openRedisAccess(null);

function knownAt(mostAccounts: number) {
  const clock = { ms: 1 };
  const known = createKnownAddresses({ seconds: 60, shared: null, mostAccounts, now: () => clock.ms });
  const add = (account: string, network: string) => known.add({ account, network }, redisAccess);
  const has = (account: string, network: string) => known.has({ account, network }, redisAccess);
  return { known, clock, add, has };
}

it("knows an account in the networks where it signed in, for the configured time only", async () => {
  const { clock, add, has } = knownAt(10);
  await add("ada", "home");
  expect(await has("ada", "home")).toBe(true);
  expect(await has("ada", "office")).toBe(false);
  expect(await has("bob", "home")).toBe(false);
  clock.ms += 40_000;
  await add("ada", "home");
  clock.ms += 40_000;
  expect(await has("ada", "home")).toBe(true);
  clock.ms += 20_000;
  expect(await has("ada", "home")).toBe(false);
});

it("R9 drops only the account's own networks when it signs in from many", async () => {
  const { known, add, has } = knownAt(10);
  await add("ada", "home");
  for (let n = 0; n < 10_000; n += 1) await add("eve", `network ${n}`);
  expect(await has("ada", "home")).toBe(true);
  expect(await has("eve", "network 9999")).toBe(true);
  expect(await has("eve", "network 0")).toBe(false);
  expect(known.statistics()).toMatchObject({ entries: 2, evicted: 0 });
});

it("R9 drops the account with the oldest sign-in when the store is full", async () => {
  const { known, add, has } = knownAt(3);
  for (const name of ["ada", "bob", "cid"]) await add(name, "home");
  await add("ada", "office");
  await add("dot", "home");
  expect(await has("bob", "home")).toBe(false);
  expect(await has("ada", "home")).toBe(true);
  expect(known.statistics()).toMatchObject({ entries: 3, evicted: 1 });
  const { bytes } = known.statistics();
  for (let n = 0; n < 1_000; n += 1) await add(`account ${n % 10}`, "home");
  expect(known.statistics().bytes).toBeLessThan(2 * bytes);
});
