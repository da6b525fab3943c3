// B: better-auth authenticates the caller, and then checks the permission, as in its documentation.
import { TRPCError } from "@trpc/server";
import { isAPIError } from "better-auth/api";
import { serveBetterAuth } from "./serve.ts";

await serveBetterAuth("B", {
  joins: false,
  checkWith:
    ({ auth }) =>
    async ({ headers, workspaceId, permission }) => {
      const { success } = await auth.api
        .hasPermission({ headers, body: { organizationId: workspaceId, permissions: permission } })
        .catch((error: unknown) => {
          // A caller who is not a member receives 404, a member without the permission 403.
          if (isAPIError(error)) throw new TRPCError({ code: "NOT_FOUND", cause: error });
          throw error;
        });
      if (!success) throw new TRPCError({ code: "FORBIDDEN" });
    },
});
