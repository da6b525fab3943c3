// B-lean: as few queries as better-auth can be brought to without giving up the plugin's tables and roles. Joins are on, and
// the member is read by a query of one's own, since `hasPermission` reads the session and the user once more.
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
