// Who takes part, in the few words for which a chart has room (RLS: row-level security). docs/benchmarks.md has the whole.
const words: Readonly<Record<string, string>> = {
  projo: "ProjoStack",
  F: "node:http, one statement, no auth",
  FA: "node:http, auth and RLS in one trip",
  U: "tRPC, Fastify, Prisma; no RLS",
  "U-lean": "U behind a lean front",
  R: "U with RLS as Prisma documents it",
  B: "better-auth, tRPC, Fastify, Prisma",
  "B-lean": "B with joins, own member query",
};

export const labelOf = (name: string): string => words[name] ?? name;

export const isProduct = (name: string): boolean => name === "projo";
