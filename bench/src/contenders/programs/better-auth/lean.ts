// B-lean: the smallest number of queries with which better-auth can keep the plugin's tables and roles. Joins are on, and a
// custom query reads the member, because `hasPermission` reads the session and the user a second time.
import { TRPCError } from "@trpc/server";
import { roles } from "./auth.ts";
import { serveBetterAuth } from "./serve.ts";

await serveBetterAuth("B-lean", {
  joins: true,
  checkWith:
    ({ prisma }) =>
    async ({ workspaceId, userId, permission }) => {
      const member = await prisma.member.findFirst({ where: { organizationId: workspaceId, userId } });
      if (!member) throw new TRPCError({ code: "NOT_FOUND" });
      const role = Object.entries(roles).find(([name]) => name === member.role)?.[1];
      if (!role?.authorize(permission).success) throw new TRPCError({ code: "FORBIDDEN" });
    },
});
