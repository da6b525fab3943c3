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
    records: { nothing: "it changes nothing: it is a mutation so that the token stays out of URLs" },
    summary:
      "Tells another service which user an access token belongs to, and whether the user holds a permission in the key's workspace. Returns nothing about users who are not members of that workspace. Counts as a use of the session.",
    input: z.strictObject({ token, permission }),
    output: z
      .object({
        active: z
          .boolean()
          .describe("Whether the token is valid and its user is a member of the key's workspace."),
        allowed: z
          .boolean()
          .describe("Whether the user holds the permission. False if the token is not active."),
        user: z.object({ id, email: z.string() }).nullable(),
        workspaceId: id.nullable(),
        role: role.nullable(),
      })
      .meta({ id: "Introspection" }),
  }),
};
