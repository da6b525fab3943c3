// Short labels of the compared servers for the chart (RLS: row-level security). docs/benchmarks.md describes them in full.
const words: Readonly<Record<string, string>> = {
  projo: "ProjoStack",
  F: "node:http, one statement, no auth",
  FA: "node:http, auth and RLS in one round trip",
  U: "tRPC, Fastify, Prisma; no RLS",
  "U-lean": "U with a minimal HTTP adapter",
  R: "U with RLS as documented by Prisma",
  B: "better-auth, tRPC, Fastify, Prisma",
  "B-lean": "B with joins, custom member query",
};

export const labelOf = (name: string): string => words[name] ?? name;

export const isProduct = (name: string): boolean => name === "projo";
