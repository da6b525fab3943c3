import { fromNodeHeaders } from "better-auth/node";
import { oneOf, serveTrpc } from "../serve-trpc.ts";
import { readSettings } from "../settings.ts";
import { createAuth, type Auth } from "./auth.ts";
import { openPrisma, type PrismaClient } from "./prisma.ts";
import { createRouter, type PermissionCheck } from "./router.ts";

interface Kind {
  readonly joins: boolean;
  readonly checkWith: (stack: {
    auth: Auth;
    prisma: PrismaClient;
  }) => (question: PermissionCheck) => Promise<void>;
}

export async function serveBetterAuth(name: string, { joins, checkWith }: Kind): Promise<void> {
  const settings = readSettings();
  const prisma = openPrisma(settings);
  const auth = createAuth({ prisma, secret: settings.secret, joins });
  await serveTrpc(name, {
    router: createRouter({ auth, tables: prisma, check: checkWith({ auth, prisma }) }),
    createContext: ({ headers }) => ({
      headers: fromNodeHeaders(headers),
      workspaceId: oneOf(headers["x-workspace-id"]),
    }),
    close: () => prisma.$disconnect(),
  });
}
