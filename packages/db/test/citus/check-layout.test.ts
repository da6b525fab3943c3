// An ordinary PostgreSQL with the catalogue table of Citus, which the check reads.
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkLayout } from "../../src/login/check-layout.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it("accepts an ordinary database for the layout single", async () => {
  await expect(checkLayout(database.pool, "single")).resolves.toBeUndefined();
});

it("refuses an ordinary database for the layout citus", async () => {
  await expect(checkLayout(database.pool, "citus")).rejects.toThrow(
    "PROJO_DATABASE_LAYOUT is citus, but the tables are not distributed",
  );
});
