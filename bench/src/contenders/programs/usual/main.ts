// U, the usual stack: tRPC on Fastify, zod and Prisma. Isolation depends only on the workspace in the `where` of each query. The
// server has neither rate limits nor an audit log.
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
