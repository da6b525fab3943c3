import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatOneTimeToken } from "../../src/identity/tokens/tokens.ts";
import { password } from "../kit/index.ts";
import { defineFixture } from "./fixture.ts";
import { inOneDay } from "./scene.ts";

declare module "./scene.ts" {
  interface Scene {
    readonly resetToken: string;
  }
}

export const fixture = defineFixture("password", {
  operations: {
    change: { input: () => ({ currentPassword: password, newPassword: `${password}!` }) },
    requestReset: { input: ({ email }) => ({ email }) },
    reset: {
      input: ({ resetToken }) => ({ token: resetToken, newPassword: password }),
      fields: { token: "value" },
      tokens: { accepts: ["reset token"], otherwise: "401 token.invalid" },
    },
  },
  fields: { currentPassword: "value", newPassword: "value" },
  plant: ({ server, newId }) => {
    const [userId, id] = [newId(), newId()];
    const salt = systemRandomness.bytes(32);
    return {
      scene: { resetToken: formatOneTimeToken(server.keys, salt, { id, purpose: "password.reset" }) },
      rows: () => [
        { table: "users", values: { id: userId, email: `${userId}@example.com`, password_hash: "none" } },
        {
          table: "one_time_tokens",
          values: { id, user_id: userId, purpose: "password.reset", salt, expires_at: inOneDay() },
        },
      ],
    };
  },
});
