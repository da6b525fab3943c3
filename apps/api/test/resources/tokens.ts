import { defineFixture } from "./fixture.ts";
import { formerMember } from "./members.ts";

export const fixture = defineFixture("tokens", {
  operations: {
    introspect: {
      input: ({ accessToken }) => ({ token: accessToken, permission: "task:read" }),
      tokens: { accepts: ["access token"], otherwise: "200, not active" },
    },
  },
  fields: { token: "access token", permission: "value" },
  things: {
    "access token": {
      of: ({ scene }) => scene.accessToken,
      end: async (context) => (await formerMember(context)).token,
    },
  },
});
