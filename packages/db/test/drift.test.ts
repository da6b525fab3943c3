// The client is generated from schema.prisma, and the migrations create the database. Prisma's schema engine compares them.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { migrationsDirectory, readMigrations } from "../src/migrations/read-migrations.ts";
import { differenceOf } from "./kit/schema-engine.ts";

const schemaFile = fileURLToPath(new URL("../prisma/schema.prisma", import.meta.url));

it("schema.prisma and the migrations agree", async () => {
  const difference = await differenceOf(await readMigrations(), await readFile(schemaFile, "utf8"));
  expect(difference, `${migrationsDirectory} lacks:\n${difference}`).toBe("");
});

it("reports a column that only schema.prisma has, with the missing SQL", async () => {
  const schema = await readFile(schemaFile, "utf8");
  const planted = schema.replace("model Task {", "model Task {\n  planted Int?");
  expect(await differenceOf(await readMigrations(), planted)).toContain(
    'ALTER TABLE "tasks" ADD COLUMN     "planted" INTEGER',
  );
});

it("reports an index that only the migrations have", async () => {
  const [first, ...rest] = await readMigrations();
  if (!first) throw new Error("There is no migration.");
  const sql = `${first.sql}\nCREATE INDEX "planted" ON "tasks" ("title");`;
  const schema = await readFile(schemaFile, "utf8");
  expect(await differenceOf([{ ...first, sql }, ...rest], schema)).toContain('DROP INDEX "planted"');
});
