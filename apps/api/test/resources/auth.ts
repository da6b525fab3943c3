import { randomUUID } from "node:crypto";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatRefreshToken } from "../../src/identity/tokens/tokens.ts";
import { password } from "../kit/index.ts";
import { credentialKinds, defineFixture } from "./fixture.ts";
import { inOneDay } from "./scene.ts";

declare module "./scene.ts" {
  interface Scene {
    /** Of a session that no test has used. */
    readonly refreshToken: string;
  }
}

export const fixture = defineFixture("auth", {
  operations: {
    me: { input: () => ({}) },
    refresh: {
      input: ({ refreshToken }) => ({ refreshToken }),
      tokens: { accepts: ["refresh token"], otherwise: "401 auth.unauthenticated" },
    },
    signIn: { input: ({ email }) => ({ email, password }) },
    // Signing out answers every token in the same way, so that the answer does not tell whether a token was valid.
    signOut: { input: () => ({}), tokens: { accepts: credentialKinds, otherwise: "" } },
    signOutEverywhere: { input: () => ({}) },
    // Signing up starts a session, which is recorded like every other start of a session.
    signUp: {
      input: () => ({ email: `${randomUUID()}@example.com`, password }),
      alsoRecords: ["session.started"],
    },
  },
  fields: { refreshToken: "value", password: "value" },
  plant: ({ server, newId }) => {
    const [userId, sessionId] = [newId(), newId()];
    const salt = systemRandomness.bytes(32);
    return {
      scene: { refreshToken: formatRefreshToken(server.keys, salt, { sessionId, generation: 1 }) },
      rows: () => [
        { table: "users", values: { id: userId, email: `${userId}@example.com`, password_hash: "none" } },
        {
          table: "sessions",
          values: {
            id: sessionId,
            user_id: userId,
            salt,
            expires_at: inOneDay(),
            absolute_expires_at: inOneDay(),
          },
        },
      ],
    };
  },
});
