import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation } from "../define.ts";
import { role } from "./members.ts";
import { id, token } from "../schemas.ts";
import { permission } from "./service-keys.ts";

export const tokens = {
  introspect: mutation({
    access: "token:introspect",
    cost: costs.read,
    records: { nothing: "it changes nothing: it is a mutation so that the token stays out of addresses" },
    summary:
      "For another service: whose access token it was sent, and whether they may do something in the key's workspace. Of whoever is no member there it learns nothing. To the session it is a use like any other.",
    input: z.strictObject({ token, permission }),
    output: z
      .object({
        active: z
          .boolean()
          .describe("Whether the token is valid and its person a member of the key's workspace."),
        allowed: z
          .boolean()
          .describe("Whether they hold the permission. False when the token is not active."),
        user: z.object({ id, email: z.string() }).nullable(),
        workspaceId: id.nullable(),
        role: role.nullable(),
      })
      .meta({ id: "Introspection" }),
  }),
};
