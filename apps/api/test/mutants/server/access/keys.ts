// Mutants of the service key checks: genuine tokens, and the rights that a key can grant.
import { formatServiceKey } from "../../../../src/identity/tokens/service-keys.ts";
import type { TestServer } from "../../../kit/index.ts";
import { as, keyOf, team, succeeded } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const projectRights = { role: "viewer", scopes: ["project:read"] } as const;
const canRead = async (server: TestServer, token: string) =>
  succeeded(await as(server, token)("projects.list", {}));

const wrongSecret: Attack = {
  title: "the server accepts a service key with a wrong secret",
  tryOn: async (server) => {
    const { id } = await keyOf(server, await team(server), projectRights);
    return canRead(server, formatServiceKey(id, Buffer.alloc(32)));
  },
};

const wrongChecksum: Attack = {
  title: "the server accepts a service key with a wrong checksum",
  tryOn: async (server) => {
    const { token } = await keyOf(server, await team(server), projectRights);
    const bytes = Buffer.from(token.slice(4), "base64url");
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    return canRead(server, `pjk_${bytes.toString("base64url")}`);
  },
};

const nonCanonical: Attack = {
  title: "the server accepts a service key in a non-canonical encoding",
  tryOn: async (server) =>
    canRead(server, `${(await keyOf(server, await team(server), projectRights)).token}=`),
};

/** A key whose only scope is key:manage creates or rotates a key with more scopes. */
const grantsMore: Attack = {
  title: "a key creates a key with scopes that it does not have",
  tryOn: async (server) => {
    const creator = await keyOf(server, await team(server), { role: "admin", scopes: ["key:manage"] });
    const input = { name: "Mill", role: "member", scopes: ["task:write"], expiresInDays: 1 };
    return succeeded(await creator.call("serviceKeys.create", input));
  },
};

const rotatesMore: Attack = {
  title: "a key rotates a key with scopes that it does not have",
  tryOn: async (server) => {
    const here = await team(server);
    const creator = await keyOf(server, here, { role: "admin", scopes: ["key:manage"] });
    const { id } = await keyOf(server, here, { role: "member", scopes: ["task:write"] });
    return succeeded(await creator.call("serviceKeys.rotate", { id, expiresInDays: 1 }));
  },
};

const scopeAboveRole: Attack = {
  title: "an admin creates a key with the role viewer and the scope task:write",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const input = { name: "Mill", role: "viewer", scopes: ["task:write"], expiresInDays: 1 };
    return succeeded(await admin.call("serviceKeys.create", input, id));
  },
};

const endsUsedToken: Attack = {
  title: "a repeated rotation ends the token in use before its announced end",
  tryOn: async (server) => {
    const here = await team(server);
    const { id, token } = await keyOf(server, here, projectRights);
    for (let times = 0; times < 2; times += 1) {
      const answer = await here.admin.call("serviceKeys.rotate", { id, overlapHours: 24 }, here.id);
      if (!succeeded(answer)) throw new Error(answer.text);
    }
    return !(await canRead(server, token));
  },
};

const keepsLeakedToken: Attack = {
  title: "an earlier token works after a rotation without an overlap",
  tryOn: async (server) => {
    const here = await team(server);
    const { id, token } = await keyOf(server, here, projectRights);
    for (const overlapHours of [24, 24, 0]) {
      const answer = await here.admin.call("serviceKeys.rotate", { id, overlapHours }, here.id);
      if (!succeeded(answer)) throw new Error(answer.text);
    }
    return canRead(server, token);
  },
};

const keysFile = "apps/api/src/identity/tokens/service-keys.ts";
const rightsFile = "apps/api/src/features/service-keys/check-assigned-rights.ts";

export const keys: readonly Mutant[] = [
  {
    removed: [
      guard("the secret of a service key is compared", keysFile, [
        "return code !== null && timingSafeEqual(code, mac);",
        "return code !== null && mac.length > 0;",
      ]),
    ],
    succeeds: [wrongSecret],
    stillBlocked: [wrongChecksum, nonCanonical],
  },
  {
    removed: [
      guard("a service key with a wrong checksum is rejected", keysFile, [
        "if (!checksumOf(body).equals(bytes.subarray(ID_BYTES + SECRET_BYTES))) return null;",
        "",
      ]),
    ],
    succeeds: [wrongChecksum],
    stillBlocked: [wrongSecret],
  },
  {
    removed: [
      guard("a service key in a non-canonical encoding is rejected", keysFile, [
        '|| bytes.toString("base64url") !== text',
        "",
      ]),
    ],
    succeeds: [nonCanonical],
  },
  {
    removed: [
      guard("a key cannot grant a scope that it does not have", rightsFile, [
        "scopes.some((scope) => !mayGive(giver, scope))",
        "false",
      ]),
    ],
    succeeds: [grantsMore, rotatesMore],
  },
  {
    removed: [
      guard(
        "a rotation requires the rights of the rotated key",
        "apps/api/src/features/service-keys/rotate-service-key.ts",
        ["checkAssignedRights(ws.grant, key);", ""],
      ),
    ],
    succeeds: [rotatesMore],
    stillBlocked: [grantsMore],
  },
  {
    removed: [
      {
        title: "a rotation keeps the earlier tokens of a key",
        sql: "DROP TRIGGER earlier_secrets ON service_keys",
      },
    ],
    succeeds: [endsUsedToken],
    stillBlocked: [keepsLeakedToken],
  },
  {
    removed: [
      {
        title: "a rotation without an overlap ends the earlier tokens of a key",
        sql: `DO $$ BEGIN EXECUTE replace(pg_get_functiondef('projo_keep_earlier_secrets'::regproc),
                'IF NEW.previous_mac IS NULL THEN', 'IF false THEN'); END $$`,
      },
    ],
    succeeds: [keepsLeakedToken],
    stillBlocked: [endsUsedToken],
  },
  {
    removed: [
      guard("the scopes of a key must be allowed for its role", rightsFile, [
        "if (beyond.length === 0) return;",
        "return;",
      ]),
    ],
    succeeds: [scopeAboveRole],
  },
];
