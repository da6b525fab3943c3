import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../../../generated/usual/client.ts";
import { POOL_SIZE, type Settings } from "../settings.ts";
import { statementNames } from "../statement-names.ts";

export type { PrismaClient };

/** Opens Prisma as documented for PostgreSQL, with the adapter's option for prepared statements. */
export const openPrisma = ({ databaseUrl }: Settings): PrismaClient =>
  new PrismaClient({
    adapter: new PrismaPg(
      { connectionString: databaseUrl, max: POOL_SIZE, options: "-c timezone=UTC" },
      { statementNameGenerator: statementNames() },
    ),
  });
