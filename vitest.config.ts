import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig, type TestProjectConfiguration } from "vitest/config";

const everything = ["{packages,apps}/*/{src,test}/**/*.test.ts", "{scripts,docs,test,bench}/**/*.test.ts"];
const onAnyPostgres = [
  "packages/db/test/{*,{audit,catalogue,isolation,mutants,pgbouncer}/*}.test.ts",
  // Of the server what its SQL decides: limits, forms of input and mail servers know no PostgreSQL.
  "apps/api/test/accounts/accounts.test.ts",
  "apps/api/test/{audit,members,projects,service-keys,sessions,tasks}/*.test.ts",
  "apps/api/test/invites/{acceptance,inviter,lists,pending,refusals,tokens}.test.ts",
  "apps/api/test/proofs/{access,isolation}.test.ts",
  "apps/api/test/workspaces/{deletion,purge,workspaces}.test.ts",
];

const attacks = "bench/test/attack.test.ts";

const projects: TestProjectConfiguration[] = [
  {
    extends: true,
    test: {
      name: "all",
      include: everything,
      exclude: [...configDefaults.exclude, attacks],
      globalSetup: "packages/db/test/kit/setup-embedded.ts",
    },
  },
  // Attacks keep every processor busy and measure what others notice of it: they run when all other tests have ended.
  { extends: true, test: { name: "attack", include: [attacks], sequence: { groupOrder: 1 } } },
];
// The same promises on the oldest PostgreSQL that is supported, where the machine has it.
if (existsSync("/usr/lib/postgresql/15/bin/postgres") && !process.env["DATABASE_URL"]) {
  projects.push({
    extends: true,
    test: {
      name: "postgres-15",
      include: onAnyPostgres,
      globalSetup: "packages/db/test/kit/setup-postgres-15.ts",
    },
  });
}

// Tests read the sources, so that they need no build. (The global setup knows no export conditions.)
const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const alias = [
  { find: /^@projostack\/db\/testing$/, replacement: source("packages/db/test/kit/index.ts") },
  { find: /^@projostack\/api\/testing$/, replacement: source("apps/api/test/kit/index.ts") },
  { find: /^@projostack\/(authz|contract|db|sdk)$/, replacement: source("packages/$1/src/index.ts") },
];

export default defineConfig({
  resolve: { alias },
  test: {
    projects,
    reporters: ["default", "./test/totals-reporter.ts"],
    environment: "node",
    pool: "forks",
    // Many files wait for others: a mail server, a clock, a process. Three share two cores well.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
