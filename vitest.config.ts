import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig, type TestProjectConfiguration } from "vitest/config";
import SlowFirst from "./test/slow-first.ts";
import { filesOfBothSuites } from "./test/suite-files.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const everyFile = ["{packages,apps}/*/{src,test}/**/*.test.ts", "{scripts,docs,test,bench}/**/*.test.ts"];
const timedAttacks = "bench/test/attack/timed.test.ts";
const countedAttacks = "bench/test/attack/counted.test.ts";
const drill = "bench/test/drill/short-form.test.ts";
/** Proofs by repetition, such as histories and races, whose short forms would take a sixth of the time of `pnpm test`. */
const repeating = [
  "apps/api/src/identity/sessions/cookie-rule.simulation.test.ts",
  "apps/api/test/{equality/replays,equality/requests,invites/inviter-races,members/late-writes}.test.ts",
  "apps/api/test/{mutants/redis-guards,openapi/responses,proofs/fuzz,sdk/lost-answers}.test.ts",
  "apps/api/test/{servers/living-servers,sockets/uncaught-errors,tasks/expected-versions}.test.ts",
  "apps/api/test/service-keys/{forgery,rotation-histories}.test.ts",
  "packages/db/test/backup/backup-role.test.ts",
  "packages/sdk/test/packed.test.ts",
  "test/runtimes/processes.test.ts",
];
/**
 * The files that take longest, or that depend on the machine more than on the code: applications in a browser, projects outside the
 * repository, the previous build, other PostgreSQL servers and file systems, mutants and measurements of time.
 */
const fullOnly = [
  ...repeating,
  "test/full/*.test.ts",
  "apps/{cli,server,web}/test/full/**/*.test.ts",
  "packages/db/test/full/*.test.ts",
  "apps/api/test/upgrade/*.test.ts",
  "apps/api/test/mutants/server-guards.test.ts",
  "apps/api/test/equality/operations.test.ts",
  "apps/api/test/proofs/{largest-inputs,timing,timing-forged}.test.ts",
  "apps/api/test/{delivery/browser,openapi/docs-page,openapi/generated-clients}.test.ts",
  "apps/api/test/regression/{data-directory,owner-without-createrole}.test.ts",
  "apps/api/test/sockets/slowhttptest.test.ts",
  "apps/cli/test/transfer/move.test.ts",
  "apps/cli/test/audit/built-program.test.ts",
  "packages/db/test/embedded/root.test.ts",
  "packages/db/test/regression/{embedded-directories,embedded-disk,migrate-refusals}.test.ts",
  "packages/db/test/regression/{interrupted-setup,owner-without-createrole,plain-passwords}.test.ts",
  "test/deploy/alerts.test.ts",
  "test/runtimes/{cookie-sessions,runtimes,tabs}.test.ts",
];
const exclude = [...configDefaults.exclude, timedAttacks, countedAttacks, drill];
/**
 * In these races many calls wait for one lock or for the pool. A call waits at most two seconds for a connection, which is too short
 * if as many other files run at the same time.
 */
const races = [
  "packages/db/test/pgbouncer/pooled.test.ts",
  "packages/db/test/pool/pool.test.ts",
  "apps/api/test/invites/decline-races.test.ts",
  "apps/api/test/invites/inviter-races.test.ts",
  "apps/api/test/members/last-admin.test.ts",
  "apps/api/test/members/late-writes.test.ts",
  "apps/api/test/members/workspace-lock.test.ts",
  "apps/api/test/projects/find-or-create.test.ts",
  "apps/api/test/server/pgbouncer.test.ts",
  "apps/api/test/sessions/refresh.test.ts",
];
const onPostgres15 = [
  "packages/db/test/{*,{audit,catalogue,isolation,mutants,one-trip,pgbouncer,pool}/*}.test.ts",
  // Of the server, the files about behaviour that SQL decides. Limits, input forms and mail servers do not depend on PostgreSQL.
  "apps/api/test/accounts/accounts.test.ts",
  "apps/api/test/{audit,sessions,tasks}/!(forgery|expected-versions).test.ts",
  "apps/api/test/invites/{acceptance,inviter,lists,pending,refusals,tokens}.test.ts",
  "apps/api/test/proofs/{access,isolation}.test.ts",
  "apps/api/test/workspaces/{deletion,purge,workspaces}.test.ts",
];
const withReplica = [
  "apps/api/test/{projects/projects,tasks/tasks,tasks/list-orders,audit/list}.test.ts",
  "apps/api/test/proofs/isolation.test.ts",
];
/** The proofs of `equality` compare each operation with and without the fast path. These files are about what surrounds it. */
const withoutFastPath = [
  "apps/api/test/{cookies,http,rpc,sdk,sessions,service-keys}/*.test.ts",
  "apps/api/test/proofs/{access,credentials,forged-actors,isolation}.test.ts",
];
/** They wait for restarts of a server, or verify tokens, which does not depend on the fast path. */
const withFastPathOnly = [
  "apps/api/test/{sdk/lost-answers,service-keys/rotation-histories,*/forgery}.test.ts",
];
const racesWithoutFastPath = races.filter((file) => file.includes("/sessions/"));
const racesOnPostgres15 = races.filter((file) => /\/(?:sessions|pgbouncer|pool)\//.test(file));
/** Two files at a time. */
const afterOthers = { maxWorkers: 2, sequence: { groupOrder: 1 } };
const embedded = "packages/db/test/kit/setup-embedded.ts";

/** `pnpm test`: every test, with short forms of the proofs that repeat themselves. */
const short: TestProjectConfiguration[] = withRaces("all", races, {
  include: everyFile,
  exclude: [...exclude, ...fullOnly],
  globalSetup: embedded,
});

/** `pnpm test:full`: the full forms of these proofs, the short forms on PostgreSQL 15, and every attack. */
function full(): TestProjectConfiguration[] {
  const env = { PROJO_TEST_FULL: "1" };
  const ofBothSuites = filesOfBothSuites(root);
  const projects: TestProjectConfiguration[] = [
    ...withRaces(
      "full",
      races.filter((file) => ofBothSuites.includes(file)),
      {
        include: [...ofBothSuites, ...fullOnly],
        exclude,
        globalSetup: [embedded, "apps/cli/test/full/setup-installation.ts"],
        env,
      },
    ),
    // The same behaviour without the shortcuts for speed: tRPC's adapter answers every call.
    ...withRaces("plain", racesWithoutFastPath, {
      include: withoutFastPath,
      exclude: [...configDefaults.exclude, ...withFastPathOnly],
      globalSetup: embedded,
      env: { PROJO_TEST_FAST_PATH: "false" },
    }),
    { extends: true, test: { name: "attack", include: [countedAttacks], ...afterOthers } },
    // These attacks keep every processor busy and measure how it affects others, so they run after all other tests.
    { extends: true, test: { name: "timed attack", include: [timedAttacks], sequence: { groupOrder: 2 } } },
    // Three servers with all that they need, whose recovery times are measured.
    { extends: true, test: { name: "drill", include: [drill], sequence: { groupOrder: 3 } } },
  ];
  // The oldest supported PostgreSQL, where the machine has it.
  if (existsSync("/usr/lib/postgresql/15/bin/postgres") && !process.env["DATABASE_URL"]) {
    const globalSetup = "packages/db/test/kit/setup-postgres-15.ts";
    projects.push(
      ...withRaces("postgres-15", racesOnPostgres15, {
        include: onPostgres15,
        exclude: configDefaults.exclude,
        globalSetup,
      }),
      // A standby answers the lists, and the answers are the same.
      {
        extends: true,
        test: {
          name: "replica",
          include: withReplica,
          globalSetup: "packages/db/test/kit/setup-replica.ts",
        },
      },
    );
  }
  return projects;
}

interface Files {
  readonly include: string[];
  readonly exclude: string[];
  readonly globalSetup: string | string[];
  readonly env?: Record<string, string>;
}

/** Two projects: the files, and then those of them that are in `files`. */
function withRaces(name: string, files: string[], test: Files): TestProjectConfiguration[] {
  return [
    { extends: true, test: { ...test, name, exclude: [...test.exclude, ...files] } },
    { extends: true, test: { ...test, name: `${name}, races`, include: files, ...afterOthers } },
  ];
}

// Tests load the sources, so they need no build. (The global setup does not use export conditions.)
const alias = [
  { find: /^@projostack\/db\/testing$/, replacement: source("packages/db/test/kit/index.ts") },
  { find: /^@projostack\/api\/testing$/, replacement: source("apps/api/test/kit/index.ts") },
  {
    find: /^@projostack\/sdk\/(node|browser|server|testing|trpc)$/,
    replacement: source("packages/sdk/src/$1.ts"),
  },
  {
    find: /^@projostack\/api\/(doctor|keys|operator|serve|start-problem)$/,
    replacement: source("apps/api/src/$1.ts"),
  },
  { find: /^@projostack\/api\/key-ring$/, replacement: source("apps/api/src/identity/key-ring.ts") },
  { find: /^@projostack\/(authz|contract|db|sdk)$/, replacement: source("packages/$1/src/index.ts") },
];

const proxyVariables = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

export default defineConfig(({ mode }) => ({
  resolve: { alias },
  test: {
    projects: mode === "full" ? full() : short,
    reporters: ["default", "./test/required-programs.ts", "./test/totals-reporter.ts"],
    sequence: { sequencer: SlowFirst },
    environment: "node",
    // The tests' servers are on loopback, and a proxy of the developer's network cannot reach them. Empty is not set.
    env: Object.fromEntries(
      proxyVariables.flatMap((name) => [name, name.toUpperCase()]).map((name) => [name, ""]),
    ),
    pool: "forks",
    // A worker keeps the modules that it has loaded for the next file: loading the server takes longer than most files' tests.
    isolate: false,
    // Many files wait for a mail server, a clock or a process, so more workers than processors keep two processors busy.
    maxWorkers: Math.min(8, Math.max(4, availableParallelism())),
    // They only end tests that hang: a slow and busy machine may need three minutes for a test of ten seconds.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    // Vitest waits one second by default, in which a slow machine does not start a process or open a connection.
    expect: { poll: { timeout: 15_000 } },
  },
}));
