import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../../../generated/better-auth/client.ts";
import { POOL_SIZE, type Settings } from "../settings.ts";
import { statementNames } from "../statement-names.ts";

export type { PrismaClient };

/** Opens Prisma with the same options as in the usual stack, for better-auth's tables. */
export const openPrisma = ({ databaseUrl }: Settings): PrismaClient =>
  new PrismaClient({
    adapter: new PrismaPg(
      { connectionString: databaseUrl, max: POOL_SIZE, options: "-c timezone=UTC" },
      { statementNameGenerator: statementNames() },
    ),
  });
