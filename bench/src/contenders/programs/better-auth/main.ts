// B: better-auth is asked who it is, and then whether they may, as its documentation has it.
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
          // Who is not a member is told apart from who may not: the workspace is not there for them.
          if (isAPIError(error)) throw new TRPCError({ code: "NOT_FOUND", cause: error });
          throw error;
        });
      if (!success) throw new TRPCError({ code: "FORBIDDEN" });
    },
});
