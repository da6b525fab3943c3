import { expect, it } from "vitest";
import { createCountStores } from "./count-stores.ts";

it("R9 a flood of addresses drops no account counts and is logged once a minute", () => {
  const lines: unknown[] = [];
  const clock = { ms: 1 };
  const log = { warn: (facts: unknown) => void lines.push(facts) };
  const stores = createCountStores(log, () => clock.ms);
  stores.of("accountFromStrangers").add("ada", 1, 3_600);
  const flood = () => {
    for (let n = 0; n < 200_000; n += 1) stores.of("address").add(`address ${n} at ${clock.ms}`, 1, 3_600);
  };
  flood();
  expect(lines).toEqual([expect.objectContaining({ kind: "addresses", evicted: 1 })]);
  clock.ms += 59_000;
  flood();
  expect(lines).toHaveLength(1);
  clock.ms += 1_000;
  flood();
  expect(lines).toHaveLength(2);
  expect(stores.of("accountFromStrangers").peek("ada")?.count).toBe(1);
  const { addresses, accounts } = stores.statistics();
  expect(accounts).toMatchObject({ entries: 1, evicted: 0 });
  expect(addresses.evicted).toBeGreaterThan(0);
});

it("R9 all stores of the limiter together use less than 16 MB", () => {
  const stores = createCountStores({ warn: () => {} });
  const bytes = Object.values(stores.statistics()).reduce((sum, one) => sum + one.bytes, 0);
  expect(bytes).toBeLessThan(16 * 2 ** 20);
});
