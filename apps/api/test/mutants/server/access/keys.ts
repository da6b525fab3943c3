// Service keys: what one is worth, and what those that make keys may give.
import { formatServiceKey } from "../../../../src/identity/tokens/service-keys.ts";
import type { TestServer } from "../../../kit/index.ts";
import { as, keyOf, team, worked } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const ofProjects = { role: "viewer", scopes: ["project:read"] } as const;
const reads = async (server: TestServer, token: string) =>
  worked(await as(server, token)("projects.list", {}));

const guessed: Attack = {
  says: "a service key's id with a made-up secret",
  tryOn: async (server) => {
    const { id } = await keyOf(server, await team(server), ofProjects);
    return reads(server, formatServiceKey(id, Buffer.alloc(32)));
  },
};

const mistyped: Attack = {
  says: "a service key's token with a wrong checksum",
  tryOn: async (server) => {
    const { token } = await keyOf(server, await team(server), ofProjects);
    const bytes = Buffer.from(token.slice(4), "base64url");
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    return reads(server, `pjk_${bytes.toString("base64url")}`);
  },
};

const respelled: Attack = {
  says: "a service key's token in another spelling",
  tryOn: async (server) => reads(server, `${(await keyOf(server, await team(server), ofProjects)).token}=`),
};

/** A key that may make keys and nothing else makes, or takes over, one that may do more. */
const givesMore: Attack = {
  says: "a key makes a key that may do what it may not",
  tryOn: async (server) => {
    const maker = await keyOf(server, await team(server), { role: "admin", scopes: ["key:manage"] });
    const wanted = { name: "Mill", role: "member", scopes: ["task:write"], expiresInDays: 1 };
    return worked(await maker.call("serviceKeys.create", wanted));
  },
};

const takesOver: Attack = {
  says: "a key is given the token of a key that may do what it may not",
  tryOn: async (server) => {
    const here = await team(server);
    const maker = await keyOf(server, here, { role: "admin", scopes: ["key:manage"] });
    const { id } = await keyOf(server, here, { role: "member", scopes: ["task:write"] });
    return worked(await maker.call("serviceKeys.rotate", { id, expiresInDays: 1 }));
  },
};

const beyondItsRole: Attack = {
  says: "an admin makes a viewer's key with a member's scope",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const wanted = { name: "Mill", role: "viewer", scopes: ["task:write"], expiresInDays: 1 };
    return worked(await admin.call("serviceKeys.create", wanted, id));
  },
};

const keysFile = "apps/api/src/identity/tokens/service-keys.ts";
const rights = "apps/api/src/features/service-keys/given-rights.ts";

export const keys: readonly Mutant[] = [
  {
    without: [
      guard("a service key's secret is compared", keysFile, [
        "return code !== null && timingSafeEqual(code, mac);",
        "return code !== null && mac.length > 0;",
      ]),
    ],
    works: [guessed],
    refused: [mistyped, respelled],
  },
  {
    without: [
      guard("a service key's checksum is right", keysFile, [
        "if (!checksumOf(body).equals(bytes.subarray(ID_BYTES + SECRET_BYTES))) return null;",
        "",
      ]),
    ],
    works: [mistyped],
    refused: [guessed],
  },
  {
    without: [
      guard("a service key's token is its one spelling", keysFile, [
        '|| bytes.toString("base64url") !== text',
        "",
      ]),
    ],
    works: [respelled],
  },
  {
    without: [
      guard("a key gives no scope that it does not hold", rights, [
        "scopes.some((scope) => !mayGive(giver, scope))",
        "false",
      ]),
    ],
    works: [givesMore, takesOver],
  },
  {
    without: [
      guard(
        "who is given a key's new token may do what it may",
        "apps/api/src/features/service-keys/rotate-service-key.ts",
        ["checkGivenRights(ws.grant, key);", ""],
      ),
    ],
    works: [takesOver],
    refused: [givesMore],
  },
  {
    without: [
      guard("a key's scopes are of its role", rights, ["if (beyond.length === 0) return;", "return;"]),
    ],
    works: [beyondItsRole],
  },
];
