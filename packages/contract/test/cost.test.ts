import { describe, expect, it } from "vitest";
import { z } from "zod";
import { LARGEST_PRICED_NUMBER, LONGEST_PRICED_ARRAY } from "../src/cost.ts";
import { contract, operations, pointsOf } from "../src/index.ts";

const items = (count: number) => ({ items: Array.from({ length: count }, () => ({})) });

/** The default budget of an account, in points a minute. */
const ACCOUNT = 60_000;

const long = operations.filter(({ operation: { cost } }) => cost.batch === false);

describe.each(operations)("$name", ({ operation }) => {
  it("R11 costs a whole number of points, at least one", () => {
    for (const input of [undefined, null, {}, [], "text", { limit: 1e308 }, { limit: -5 }, { items: {} }]) {
      const points = pointsOf(operation, input);
      expect(points).toBeGreaterThanOrEqual(1);
      expect(points).toBeGreaterThanOrEqual(operation.cost.points);
    }
    expect(Number.isInteger(pointsOf(operation, undefined))).toBe(true);
  });

  it("R11 declares a cost per unit only for bounded numbers and arrays of its input", () => {
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
  it("R11 increases with the items of an array, and with a number", () => {
    const { createMany, list } = contract.tasks;
    expect(pointsOf(createMany, items(100)) - pointsOf(createMany, items(99))).toBe(4);
    expect(pointsOf(list, { limit: 100 })).toBe(6);
    expect(pointsOf(contract.audit.verify, { limit: 10_000 })).toBe(1_505);
  });

  it("R11 uses the default of an omitted field", () => {
    expect(pointsOf(contract.audit.verify, undefined)).toBe(
      pointsOf(contract.audit.verify, { limit: 5_000 }),
    );
    expect(pointsOf(contract.audit.verify, {})).toBe(755);
    expect(pointsOf(contract.tasks.list, {})).toBe(2);
  });

  it("R11 ignores values that every schema rejects, so that the call fails for its input", () => {
    expect(pointsOf(contract.tasks.createMany, items(101))).toBe(contract.tasks.createMany.cost.points);
    expect(pointsOf(contract.tasks.list, { limit: 1e9 })).toBe(1);
  });

  it("R11 costs more for a search than for a list", () => {
    expect(pointsOf(contract.tasks.list, { search: "a" })).toBe(22);
  });

  it("R11 allows an account to import 12,056 tasks within one minute", () => {
    const calls = Math.ceil(12_056 / 100);
    expect(calls * pointsOf(contract.tasks.createMany, { items: [] }) + 12_056 * 4).toBeLessThan(ACCOUNT);
  });
});

it("R11 declares the operations that read or write many rows as long", () => {
  expect(long.map(({ name }) => name)).toEqual([
    "audit.export",
    "audit.verify",
    "tasks.createMany",
    "workspaceData.assignRows",
    "workspaceData.exportHistory",
    "workspaceData.exportRows",
    "workspaceData.fingerprint",
    "workspaceData.finishImport",
    "workspaceData.importRows",
  ]);
});
