// U, the usual stack: tRPC on Fastify, zod, Prisma. The workspace is in every query's `where`, and nothing behind it holds
// it there; nothing is limited and nothing is on record.
import { readSettings } from "../settings.ts";
import { oneOf, serveTrpc } from "../serve-trpc.ts";
import { openPrisma } from "./prisma.ts";
import { createRouter } from "./router.ts";

const prisma = openPrisma(readSettings());

await serveTrpc("U", {
  router: createRouter({ prisma, tablesOf: () => prisma }),
  createContext: ({ headers }) => ({
    authorization: headers.authorization,
    workspaceId: oneOf(headers["x-workspace-id"]),
  }),
  close: () => prisma.$disconnect(),
});
