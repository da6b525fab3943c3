// Short descriptions of the compared stacks for the chart (RLS: row-level security). docs/benchmarks.md has the full ones.
const labels: Readonly<Record<string, string>> = {
  projo: "ProjoStack",
  F: "node:http, one statement, no auth",
  FA: "node:http, auth, RLS in one round trip",
  U: "tRPC, Fastify, Prisma; no RLS",
  "U-lean": "U with a small HTTP layer",
  R: "U with RLS as Prisma documents it",
  B: "better-auth, tRPC, Fastify, Prisma",
  "B-lean": "B with joins, separate member query",
};

export const labelOf = (name: string): string => labels[name] ?? name;

export const isOurs = (name: string): boolean => name === "projo";
