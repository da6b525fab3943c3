import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatAccessToken } from "../../src/identity/tokens/tokens.ts";
import { startSession } from "../kit/index.ts";
import { defineFixture } from "./fixture.ts";
import { inOneDay } from "./scene.ts";

declare module "./scene.ts" {
  interface Scene {
    /** Another session of the caller. */
    readonly sessionId: string;
    /** The access token of that session. */
    readonly accessToken: string;
  }
}

export const fixture = defineFixture("sessions", {
  operations: {
    list: { input: () => ({}) },
    revoke: { input: ({ sessionId }) => ({ id: sessionId }), measured: true },
  },
  fields: { id: "session" },
  things: {
    session: {
      of: ({ scene }) => scene.sessionId,
      end: async ({ server, ada }) => {
        const { sessionId } = await startSession(server, ada.id);
        await ada.call("sessions.revoke", { id: sessionId });
        return sessionId;
      },
    },
  },
  plant: ({ server, caller, newId }) => {
    const sessionId = newId();
    const salt = systemRandomness.bytes(32);
    const expiresAtSeconds = Math.floor(Date.now() / 1000) + 600;
    return {
      scene: {
        sessionId,
        accessToken: formatAccessToken(server.keys, salt, { sessionId, generation: 1, expiresAtSeconds }),
      },
      rows: () => [
        {
          table: "sessions",
          values: {
            id: sessionId,
            user_id: caller.id,
            salt,
            expires_at: inOneDay(),
            absolute_expires_at: inOneDay(),
          },
        },
      ],
    };
  },
});
