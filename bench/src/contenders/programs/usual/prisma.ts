import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../../../generated/usual/client.ts";
import { POOL_SIZE, type Settings } from "../settings.ts";
import { statementNames } from "../statement-names.ts";

export type { PrismaClient };

/** Prisma as its documentation sets it up for PostgreSQL, with the adapter's option that has statements prepared once. */
export const openPrisma = ({ databaseUrl }: Settings): PrismaClient =>
  new PrismaClient({
    adapter: new PrismaPg(
      { connectionString: databaseUrl, max: POOL_SIZE, options: "-c timezone=UTC" },
      { statementNameGenerator: statementNames() },
    ),
  });
