import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatOneTimeToken } from "../../src/identity/tokens/tokens.ts";
import { defineFixture } from "./fixture.ts";
import { inOneDay } from "./scene.ts";

declare module "./scene.ts" {
  interface Scene {
    readonly verifyToken: string;
  }
}

export const fixture = defineFixture("email", {
  operations: {
    resendVerification: {
      input: () => ({}),
      // The server sends nothing to an address that is verified.
      arrange: ({ server, admin }) =>
        server.database.owner("UPDATE users SET email_verified_at = NULL WHERE id = $1", [admin.id]),
    },
    status: { input: () => ({}) },
    verify: {
      input: ({ verifyToken }) => ({ token: verifyToken }),
      fields: { token: "value" },
      tokens: { accepts: ["verification token"], otherwise: "401 token.invalid" },
    },
  },
  plant: ({ server, newId }) => {
    const [userId, id] = [newId(), newId()];
    const salt = systemRandomness.bytes(32);
    return {
      scene: { verifyToken: formatOneTimeToken(server.keys, salt, { id, purpose: "email.verify" }) },
      rows: () => [
        { table: "users", values: { id: userId, email: `${userId}@example.com`, password_hash: "none" } },
        {
          table: "one_time_tokens",
          values: { id, user_id: userId, purpose: "email.verify", salt, expires_at: inOneDay() },
        },
      ],
    };
  },
});
