// `pnpm check` rejects every bypass of the scoped client. The bypasses are planted in a small copy of the repository.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { checkArrows } from "../../scripts/check-arrows.ts";
import { withTree } from "../../scripts/temporary-tree.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const feature = "apps/api/src/features/tasks/list-tasks.ts";
const door = "the API imports contract, authz and db, and reaches the database through @projostack/db alone";

const detours: [what: string, file: string, line: string, says: string][] = [
  ["pg in the API", feature, `import pg from "pg";`, `${feature}:1 imports pg: ${door}`],
  [
    "a client of Prisma's own in the API",
    feature,
    `import { PrismaClient } from "@prisma/client";\nexport const all = new PrismaClient();`,
    `${feature}:1 imports @prisma/client: ${door}`,
  ],
  [
    "the generated client in the API",
    feature,
    `import { PrismaClient } from "../../../../../packages/db/src/generated/client.ts";`,
    `the generated Prisma client stays inside packages/db/src; use what @projostack/db exports`,
  ],
  [
    "the generated client, through the database's package",
    feature,
    `import { PrismaClient } from "@projostack/db/src/generated/client.ts";`,
    `the generated Prisma client stays inside packages/db/src; use what @projostack/db exports`,
  ],
  [
    "a query put together from strings",
    feature,
    `export const all = (db: Raw, id: string) => db.$queryRawUnsafe("SELECT * FROM tasks WHERE id = " + id);`,
    `${feature}:1 uses $queryRawUnsafe: a query put together from strings can be injected into; use the tagged form`,
  ],
  [
    "the same by the property's name in quotes",
    feature,
    `export const all = (db: Raw) => db["$executeRawUnsafe"]("DELETE FROM tasks");`,
    `${feature}:1 uses $executeRawUnsafe: a query put together from strings can be injected into`,
  ],
  [
    "a connection of the CLI's own",
    "apps/cli/src/commands/tasks.ts",
    `import pg from "pg";`,
    "the CLI stands on @projostack/sdk alone and opens no database; call the server, or extend the SDK",
  ],
];

it.each(detours)("I2 rejects %s and names the alternative", (_what, file, line, says) => {
  const findings = withTree({ [file]: line }, checkArrows);
  const printed = findings.map((one) => `${one.file}:${one.line} ${one.does}: ${one.rule}`);
  expect(printed).toEqual([expect.stringContaining(says)]);
});

it("I2 rejects a second file of packages/db that creates a client", () => {
  const make = `import { PrismaClient } from "../generated/client.ts";\nexport const all = new PrismaClient();`;
  const files = { "packages/db/src/client/db.ts": make, "packages/db/src/client/other.ts": make };
  expect(withTree(files, checkArrows).map(({ rule }) => rule)).toContain(
    "one file of packages/db/src makes the client; import the type elsewhere, and take the client as an argument",
  );
});

it("I2 accepts the same package without a bypass", () => {
  const line = `import type { TenantRead } from "@projostack/db";\nexport type Tables = TenantRead;`;
  expect(withTree({ [feature]: line }, checkArrows)).toEqual([]);
});

it("the linter rejects a query that is built from strings", () => {
  const line = `export const all = (db: { $queryRawUnsafe(text: string): unknown }) => db.$queryRawUnsafe("SELECT 1");\n`;
  const output = withTree({ "planted.ts": line, "tsconfig.json": "{}" }, (directory) => {
    const config = join(root, ".oxlintrc.json");
    const oxlint = join(root, "node_modules/.bin/oxlint");
    return spawnSync(oxlint, ["-c", config, directory], { cwd: root, encoding: "utf8" }).stdout;
  });
  expect(output).toContain("It can be injected into; use $queryRaw`...`.");
});
