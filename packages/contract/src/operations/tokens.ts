import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation } from "../define.ts";
import { userId, workspaceId } from "../fields/ids.ts";
import { sample } from "../sample.ts";
import { shownEmail, token } from "../schemas.ts";
import { role } from "./members.ts";
import { permission } from "./service-keys.ts";

const introspectedUser = z
  .object({ id: userId, email: shownEmail("The email address of the user.") })
  .nullable()
  .describe("The user that owns the token. Null if the token is not active.");

const introspection = z
  .object({
    active: z
      .boolean()
      .describe("True if the token is valid and its user is a member of the key's workspace."),
    allowed: z.boolean().describe("True if the user holds the permission. False if the token is not active."),
    user: introspectedUser,
    workspaceId: workspaceId
      .nullable()
      .describe("The id of the key's workspace. Null if the token is not active."),
    role: role
      .nullable()
      .describe("The role of the user in the key's workspace. Null if the token is not active."),
  })
  .meta({ id: "Introspection", description: "What a service may know about an access token." });

export const tokens = {
  introspect: mutation({
    access: "token:introspect",
    cost: costs.read,
    records: { nothing: "it changes nothing: it is a mutation so that the token stays out of URLs" },
    repetition: { again: "it changes nothing" },
    summary: "Tells a service which user an access token belongs to, and what the user may do.",
    details:
      "Another service calls it with a service key when it receives the token of a user. It returns nothing about users who are not members of the key's workspace: for them the answer is the same as for an invalid token. The call counts as a use of the user's session.",
    input: z.strictObject({
      token: token.describe("The access token that the service received from the user."),
      permission: permission.describe(
        "The permission that the user needs for what the service is asked to do.",
      ),
    }),
    output: introspection,
    example: {
      input: { token: sample.accessToken, permission: "task:read" },
      output: {
        active: true,
        allowed: true,
        user: { id: sample.userId, email: sample.email },
        workspaceId: sample.workspaceId,
        role: "admin",
      },
    },
  }),
};
