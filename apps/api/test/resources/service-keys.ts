import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatServiceKey, protectSecret } from "../../src/identity/tokens/service-keys.ts";
import { defineFixture } from "./fixture.ts";
import { inOneDay } from "./scene.ts";

declare module "./scene.ts" {
  interface Scene {
    /** A key whose only scope is `token:introspect`. */
    readonly keyId: string;
  }
}

export const fixture = defineFixture("serviceKeys", {
  operations: {
    create: {
      input: () => ({ name: "Mill", role: "viewer", scopes: ["task:read"] }),
    },
    list: { input: () => ({}), filter: { status: "active" } },
    revoke: { input: ({ keyId }) => ({ id: keyId }) },
    rotate: { input: ({ keyId }) => ({ id: keyId }), measured: true },
  },
  fields: { id: "key", scopes: "value", expiresInDays: "value", overlapHours: "value" },
  things: {
    key: { of: ({ scene }) => scene.keyId, end: ({ endBy }) => endBy("serviceKeys.revoke"), isRow: true },
  },
  plant: ({ server, admin, workspaceId, newId }) => {
    const keyId = newId();
    const secret = systemRandomness.bytes(32);
    const { kid, mac } = protectSecret(server.keys, keyId, secret);
    return {
      scene: { keyId, serviceToken: formatServiceKey(keyId, secret) },
      rows: () => [
        {
          table: "service_keys",
          values: {
            id: keyId,
            workspace_id: workspaceId,
            name: "API gateway",
            role: "viewer",
            scopes: ["token:introspect"],
            secret_kid: kid,
            secret_mac: mac,
            created_by: admin.id,
            expires_at: inOneDay(),
          },
        },
      ],
    };
  },
  tidy: [
    "UPDATE service_keys SET locked_at = NULL WHERE workspace_id = $1 AND locked_at IS NOT NULL AND name <> 'API gateway'",
    "DELETE FROM service_keys WHERE workspace_id = $1 AND name = 'API gateway'",
  ],
});
