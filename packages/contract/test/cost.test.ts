import { describe, expect, it } from "vitest";
import { z } from "zod";
import { LARGEST_PRICED_NUMBER, LONGEST_PRICED_ARRAY } from "../src/cost.ts";
import { contract, operations, pointsOf } from "../src/index.ts";

const items = (count: number) => ({ items: Array.from({ length: count }, () => ({})) });

/** The default budget of an account, in points a minute. */
const ACCOUNT = 60_000;

const long = operations.filter(({ operation: { cost } }) => cost.batch === false);

describe.each(operations)("$name", ({ operation }) => {
  it("R11 costs at least one point, and always a whole number of points", () => {
    for (const input of [undefined, null, {}, [], "text", { limit: 1e308 }, { limit: -5 }, { items: {} }]) {
      const points = pointsOf(operation, input);
      expect(points).toBeGreaterThanOrEqual(1);
      expect(points).toBeGreaterThanOrEqual(operation.cost.points);
    }
    expect(Number.isInteger(pointsOf(operation, undefined))).toBe(true);
  });

  it("R11 costs what depends on a field by that field's numbers or items, or its being given", () => {
    const { properties = {} } = z.toJSONSchema(operation.input, { io: "input" });
    for (const name of Object.keys(operation.cost.each ?? {})) {
      expect(properties[name]).toMatchObject({ type: expect.stringMatching(/^(?:array|integer)$/) });
      const { maxItems = 0, maximum = 0 } = properties[name] as { maxItems?: number; maximum?: number };
      expect(maxItems).toBeLessThanOrEqual(LONGEST_PRICED_ARRAY);
      expect(maximum).toBeLessThanOrEqual(LARGEST_PRICED_NUMBER);
    }
    for (const name of Object.keys(operation.cost.given ?? {})) expect(properties).toHaveProperty(name);
  });
});

describe("the cost of a call", () => {
  it("R11 grows with the items of an array, and with a number", () => {
    const { createMany, list } = contract.tasks;
    expect(pointsOf(createMany, items(100)) - pointsOf(createMany, items(99))).toBe(4);
    expect(pointsOf(list, { limit: 100 })).toBe(6);
    expect(pointsOf(contract.audit.verify, { limit: 10_000 })).toBe(1_505);
  });

  it("R11 counts a field that was left out by its default", () => {
    expect(pointsOf(contract.audit.verify, undefined)).toBe(
      pointsOf(contract.audit.verify, { limit: 5_000 }),
    );
    expect(pointsOf(contract.audit.verify, {})).toBe(755);
    expect(pointsOf(contract.tasks.list, {})).toBe(2);
  });

  it("R11 has no units for what no schema accepts, so that the call is refused for its input", () => {
    expect(pointsOf(contract.tasks.createMany, items(101))).toBe(contract.tasks.createMany.cost.points);
    expect(pointsOf(contract.tasks.list, { limit: 1e9 })).toBe(1);
  });

  it("R11 is higher for a search than for a list", () => {
    expect(pointsOf(contract.tasks.list, { search: "a" })).toBe(22);
  });

  it("R11 lets an account import 12,056 tasks within one minute", () => {
    const calls = Math.ceil(12_056 / 100);
    expect(calls * pointsOf(contract.tasks.createMany, { items: [] }) + 12_056 * 4).toBeLessThan(ACCOUNT);
  });
});

it("R11 long operations are those that read or write many rows", () => {
  expect(long.map(({ name }) => name)).toEqual(["audit.export", "audit.verify", "tasks.createMany"]);
});
