// schema.prisma is what the client is generated from, the migrations are what runs: Prisma's own engine compares them.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { migrationsDirectory, readMigrations } from "../src/migrations/read-migrations.ts";
import { differenceOf } from "./kit/schema-engine.ts";

const schemaFile = fileURLToPath(new URL("../prisma/schema.prisma", import.meta.url));

it("schema.prisma and the migrations say the same", async () => {
  const difference = await differenceOf(await readMigrations(), await readFile(schemaFile, "utf8"));
  expect(difference, `${migrationsDirectory} lacks:\n${difference}`).toBe("");
});

it("a column that only schema.prisma has is found, and the SQL it needs is told", async () => {
  const schema = await readFile(schemaFile, "utf8");
  const planted = schema.replace("model Task {", "model Task {\n  planted Int?");
  expect(await differenceOf(await readMigrations(), planted)).toContain(
    'ALTER TABLE "tasks" ADD COLUMN     "planted" INTEGER',
  );
});

it("an index that only the migrations have is found", async () => {
  const [first, ...rest] = await readMigrations();
  if (!first) throw new Error("There is no migration.");
  const sql = `${first.sql}\nCREATE INDEX "planted" ON "tasks" ("title");`;
  const schema = await readFile(schemaFile, "utf8");
  expect(await differenceOf([{ ...first, sql }, ...rest], schema)).toContain('DROP INDEX "planted"');
});
