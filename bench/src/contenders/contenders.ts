// All compared servers, in the order of the printed table.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Target } from "../dataset/data-set.ts";
import { logins } from "../dataset/seed-contenders.ts";
import type { Contender, Requests } from "./contender.ts";
import { plainRequests } from "./plain-requests.ts";
import { productProgram } from "./product-program.ts";
import { trpcRequests } from "./trpc-requests.ts";

export interface ContenderSettings {
  /** The token keys of the product, in the format of PROJO_TOKEN_KEYS. */
  readonly tokenKeys: string;
  readonly betterAuthSecret: string;
  /** A directory for the servers' files. */
  readonly directory: string;
}

export type ContenderName = "projo" | "F" | "FA" | "U" | "U-lean" | "R" | "B" | "B-lean";

export function contendersWith(settings: ContenderSettings): Record<ContenderName, Contender> {
  return {
    projo: product(settings),
    F: bench("F", {
      title: "the lower bound: node:http and one prepared statement, without authentication",
      program: "lower-bound/main.js",
      login: logins.unbound,
      requests: plainRequests(({ workspaceId }) => ({ "x-workspace-id": workspaceId })),
    }),
    FA: bench("FA", {
      title: "the practical limit: node:http, authentication and row-level security in one round trip",
      program: "practical-limit/main.js",
      login: logins.limit,
      secret: settings.tokenKeys,
      requests: plainRequests(byToken),
    }),
    U: bench("U", {
      title: "a common stack: tRPC on Fastify, Prisma, without row-level security",
      program: "usual/main.js",
      login: logins.unbound,
      requests: trpcRequests("usual"),
    }),
    "U-lean": bench("U-lean", {
      title: "U, with a small HTTP layer instead of tRPC's adapter for Fastify",
      program: "usual/lean.js",
      login: logins.unbound,
      requests: trpcRequests("usual"),
    }),
    R: bench("R", {
      title: "U, with row-level security as Prisma documents it",
      program: "usual/row-level.js",
      login: logins.rowLevel,
      requests: trpcRequests("usual"),
    }),
    B: bench("B", {
      title: "better-auth with its organization plugin, tRPC on Fastify, Prisma",
      program: "better-auth/main.js",
      login: logins.unbound,
      secret: settings.betterAuthSecret,
      requests: trpcRequests("betterAuth"),
    }),
    "B-lean": bench("B-lean", {
      title: "B, with joins turned on and a separate query for the member",
      program: "better-auth/lean.js",
      login: logins.unbound,
      secret: settings.betterAuthSecret,
      requests: trpcRequests("betterAuth"),
    }),
  };
}

const byToken = ({ tokens, workspaceId }: Target) => ({
  authorization: `Bearer ${tokens.product}`,
  "x-workspace-id": workspaceId,
});

/**
 * The server as shipped, with its limits and its log. Its budgets are counted but raised, because here a few accounts send the
 * requests of thousands.
 */
const product = ({ tokenKeys, directory }: ContenderSettings): Contender => ({
  name: "projo",
  title: "the complete server",
  login: "projo_server",
  program: productProgram(),
  environment: (databaseUrl) => ({
    NODE_ENV: "production",
    DATABASE_URL: databaseUrl,
    PORT: "0",
    PROJO_TOKEN_KEYS: tokenKeys,
    PROJO_DATA_DIR: join(directory, "product"),
    // The whole load comes from one address.
    PROJO_CONNECTIONS: "10000",
    PROJO_CONNECTIONS_PER_ADDRESS: "10000",
    PROJO_BUDGET_ACCOUNT: "1000000000",
    PROJO_BUDGET_WORKSPACE: "1000000000",
  }),
  requests: trpcRequests("product"),
});

interface ContenderOptions {
  readonly title: string;
  readonly program: string;
  readonly login: string;
  readonly secret?: string;
  readonly requests: Requests;
}

/** A server from bench/src/contenders/programs, in its built form. */
const bench = (
  name: string,
  { title, program, login, secret = "", requests }: ContenderOptions,
): Contender => ({
  name,
  title,
  login,
  program: [fileURLToPath(new URL(`../../dist/contenders/programs/${program}`, import.meta.url))],
  environment: (databaseUrl) => ({ NODE_ENV: "production", DATABASE_URL: databaseUrl, SECRET: secret }),
  requests,
});
