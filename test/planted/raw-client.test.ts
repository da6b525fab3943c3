// Plants code that bypasses the scoped database client in a temporary tree. `pnpm check` must report it and name the alternative.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { checkArrows } from "../../scripts/check-arrows.ts";
import { withTree } from "../../scripts/temporary-tree.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const feature = "apps/api/src/features/tasks/list-tasks.ts";
const boundary =
  "the API imports contract, authz and db, and reaches the database through @projostack/db alone";

const bypasses: [what: string, file: string, line: string, message: string][] = [
  ["pg in the API", feature, `import pg from "pg";`, `${feature}:1 imports pg: ${boundary}`],
  [
    "a separate Prisma client in the API",
    feature,
    `import { PrismaClient } from "@prisma/client";\nexport const all = new PrismaClient();`,
    `${feature}:1 imports @prisma/client: ${boundary}`,
  ],
  [
    "the generated client in the API",
    feature,
    `import { PrismaClient } from "../../../../../packages/db/src/generated/client.ts";`,
    `the generated Prisma client stays inside packages/db/src; use what @projostack/db exports`,
  ],
  [
    "the generated client through the package @projostack/db",
    feature,
    `import { PrismaClient } from "@projostack/db/src/generated/client.ts";`,
    `the generated Prisma client stays inside packages/db/src; use what @projostack/db exports`,
  ],
  [
    "a query built from strings",
    feature,
    `export const all = (db: Raw, id: string) => db.$queryRawUnsafe("SELECT * FROM tasks WHERE id = " + id);`,
    `${feature}:1 uses $queryRawUnsafe: a query put together from strings can be injected into; use the tagged form`,
  ],
  [
    "a query built from strings, with a quoted property name",
    feature,
    `export const all = (db: Raw) => db["$executeRawUnsafe"]("DELETE FROM tasks");`,
    `${feature}:1 uses $executeRawUnsafe: a query put together from strings can be injected into`,
  ],
  [
    "a database connection in the CLI",
    "apps/cli/src/commands/tasks.ts",
    `import pg from "pg";`,
    "the CLI stands on @projostack/sdk alone and opens no database; call the server, or extend the SDK",
  ],
];

it.each(bypasses)("I2 the check reports %s and names the alternative", (_what, file, line, message) => {
  const findings = withTree({ [file]: line }, checkArrows);
  const printed = findings.map((one) => `${one.file}:${one.line} ${one.does}: ${one.rule}`);
  expect(printed).toEqual([expect.stringContaining(message)]);
});

it("I2 the check reports a second file in packages/db that creates a client", () => {
  const make = `import { PrismaClient } from "../generated/client.ts";\nexport const all = new PrismaClient();`;
  const files = { "packages/db/src/db.ts": make, "packages/db/src/tenant/other.ts": make };
  expect(withTree(files, checkArrows).map(({ rule }) => rule)).toContain(
    "one file of packages/db/src makes the client; import the type elsewhere, and take the client as an argument",
  );
});

it("I2 the check accepts the same files without a bypass", () => {
  const line = `import type { TenantRead } from "@projostack/db";\nexport type Tables = TenantRead;`;
  expect(withTree({ [feature]: line }, checkArrows)).toEqual([]);
});

it("the linter alone reports a query built from strings", () => {
  const line = `export const all = (db: { $queryRawUnsafe(text: string): unknown }) => db.$queryRawUnsafe("SELECT 1");\n`;
  const output = withTree({ "planted.ts": line, "tsconfig.json": "{}" }, (directory) => {
    const config = join(root, ".oxlintrc.json");
    const oxlint = join(root, "node_modules/.bin/oxlint");
    return spawnSync(oxlint, ["-c", config, directory], { cwd: root, encoding: "utf8" }).stdout;
  });
  expect(output).toContain("It can be injected into; use $queryRaw`...`.");
});
