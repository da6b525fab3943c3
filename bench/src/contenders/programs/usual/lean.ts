// U-lean: the usual stack's procedures, without tRPC's HTTP adapter and without Fastify.
import { readSettings } from "../settings.ts";
import { announceUntilEnded } from "../until-ended.ts";
import { serveLean } from "./serve-lean.ts";
import { openPrisma } from "./prisma.ts";
import { createRouter } from "./router.ts";

const prisma = openPrisma(readSettings());

const server = await serveLean(createRouter({ prisma, tablesOf: () => prisma }));
announceUntilEnded("U-lean", {
  address: server.address(),
  close: async () => {
    server.close();
    server.closeAllConnections();
    await prisma.$disconnect();
  },
});
