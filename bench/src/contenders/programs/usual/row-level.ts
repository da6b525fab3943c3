// R: the usual stack with row-level security, as Prisma documents it: an extended client for each tenant wraps each query in a
// transaction that first sets the tenant.
import { readSettings } from "../settings.ts";
import { oneOf, serveTrpc } from "../serve-trpc.ts";
import type { TenantTables } from "../tenant-data.ts";
import { openPrisma } from "./prisma.ts";
import { createRouter } from "./router.ts";

const prisma = openPrisma(readSettings());

const forWorkspace = (workspaceId: string): TenantTables =>
  prisma.$extends({
    query: {
      $allModels: {
        async $allOperations({ args, query }) {
          const [, result] = await prisma.$transaction([
            prisma.$executeRaw`SELECT set_config('app.current_workspace_id', ${workspaceId}, true)`,
            query(args),
          ]);
          return result;
        },
      },
    },
  });

await serveTrpc("R", {
  router: createRouter({ prisma, tablesOf: forWorkspace }),
  createContext: ({ headers }) => ({
    authorization: headers.authorization,
    workspaceId: oneOf(headers["x-workspace-id"]),
  }),
  close: () => prisma.$disconnect(),
});
