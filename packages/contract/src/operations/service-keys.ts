import { permissionDescriptions, permissions } from "@projostack/authz";
import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { describedEnum } from "../fields/described-enum.ts";
import { creatorId, keyId } from "../fields/ids.ts";
import { createdAt } from "../fields/times.ts";
import { sample } from "../sample.ts";
import { dateTime, name, page, pageInput } from "../schemas.ts";
import { role } from "./members.ts";

export const permission = describedEnum(permissions, {
  id: "Permission",
  description:
    "A permission in a workspace. A role holds some of them, and a service key has some as scopes.",
  values: permissionDescriptions,
});

export const serviceKeyStatus = describedEnum(["active", "expired", "revoked"], {
  id: "ServiceKeyStatus",
  description: "The state of a service key.",
  values: {
    active: "The key works.",
    expired: "The newest token of the key has expired. `serviceKeys.rotate` makes the key usable again.",
    revoked: "The key was revoked and never works again.",
  },
});

export const serviceKey = z
  .object({
    id: keyId,
    name: z
      .string()
      .describe("The name of the key: 1 to 200 characters. Several keys can have the same name."),
    role: role.describe("The role of the key. It limits which scopes the key can have."),
    scopes: z
      .array(permission)
      .describe("The permissions that the key has, in alphabetical order. Each call needs one of them."),
    status: serviceKeyStatus.describe("Whether the key works."),
    createdBy: creatorId("key"),
    creatorIsMember: z
      .boolean()
      .describe("False after the creator has left the workspace. Another admin should then rotate the key."),
    createdAt: createdAt("key"),
    expiresAt: dateTime.describe("The time from which the newest token of the key is no longer valid."),
    rotatedAt: dateTime
      .nullable()
      .describe("The time of the last rotation. Null if the key was never rotated."),
    previousExpiresAt: dateTime
      .nullable()
      .describe(
        "The time until which all tokens work that still work after a rotation. Null if only the newest token works.",
      ),
    lastUsedAt: dateTime
      .nullable()
      .describe("The time of the last call with the key, accurate to one minute. Null if there was none."),
  })
  .meta({ id: "ServiceKey", description: "A credential with which a program acts in one workspace." });

const shownServiceKey = z
  .object({
    ...serviceKey.shape,
    token: z
      .string()
      .describe(
        "The token of the service: send it in the header `authorization: Bearer <token>`. It begins with `pjk_`. Only this answer contains it.",
      ),
  })
  .meta({ id: "ShownServiceKey", description: "A service key with its newest token." });

const days = z.int().min(1).max(365);

const gateway = {
  id: sample.keyId,
  name: "API gateway",
  role: "viewer",
  scopes: ["token:introspect"],
  status: "active",
  createdBy: sample.userId,
  creatorIsMember: true,
  createdAt: sample.createdAt,
  expiresAt: sample.expiresAt,
  rotatedAt: null,
  previousExpiresAt: null,
  lastUsedAt: null,
} satisfies z.output<typeof serviceKey>;

export const serviceKeys = {
  create: mutation({
    access: "key:manage",
    cost: costs.recorded,
    records: "key.created",
    repetition: "replayed",
    summary: "Creates a key with which another service calls this workspace.",
    details:
      "Each call of the service needs a permission that both the scopes and the role of the key allow. The caller can give only rights that the caller holds. The answer is the only one that contains the token: the server stores a code of it. A user who creates a key with the scope `invite:manage` needs a verified address.",
    input: z.strictObject({
      name: name.describe("A name that tells what the key is for. Several keys can have the same name."),
      role: role
        .default("member")
        .describe(
          "The role of the key, at most the role of the caller. It limits which scopes the key can have.",
        ),
      scopes: z
        .array(permission)
        .min(1)
        .max(permissions.length)
        .describe(
          "The permissions of the key: some of those that its role holds, and `token:introspect`. Give only those that the service needs.",
        ),
      expiresInDays: days.default(90).describe("The number of days after which the token expires."),
    }),
    output: shownServiceKey,
    example: {
      input: { name: "Deploy bot", role: "member", scopes: ["task:read", "task:write"], expiresInDays: 30 },
      output: {
        ...gateway,
        id: sample.newKeyId,
        name: "Deploy bot",
        role: "member",
        scopes: ["task:read", "task:write"],
        token: sample.serviceKey,
      },
    },
    errors: ["auth.email_unverified", "key.too_many"],
  }),
  list: query({
    access: "key:manage",
    cost: costs.list,
    summary: "Lists the service keys of the workspace, newest first.",
    details: "It contains no tokens. Revoked and expired keys stay in the list.",
    input: z
      .strictObject({
        ...pageInput,
        status: serviceKeyStatus.optional().describe("Only keys in this state."),
      })
      .default({ limit: 20 }),
    output: page(serviceKey),
    example: {
      input: { status: "active" },
      output: { items: [gateway], nextCursor: null },
    },
    errors: ["cursor.invalid"],
  }),
  rotate: mutation({
    access: "key:manage",
    cost: costs.recorded,
    records: "key.rotated",
    repetition: "replayed",
    summary: "Issues a new token for a key.",
    details:
      "The newest token keeps working for `overlapHours`, and tokens that an earlier rotation replaced keep working until the end that it announced. So the call can be repeated if its answer is lost. A rotation makes an expired key usable again, with the new token only. At most 20 replaced tokens work at the same time.",
    input: z.strictObject({
      id: keyId,
      overlapHours: z
        .int()
        .min(0)
        .max(168)
        .default(24)
        .describe(
          "The number of hours for which the newest token keeps working. 0 ends it and all earlier tokens at once: use 0 if a token leaked.",
        ),
      expiresInDays: days
        .optional()
        .describe(
          "The number of days after which the new token expires. If omitted, the number for the newest token.",
        ),
    }),
    output: shownServiceKey,
    example: {
      input: { id: sample.keyId, overlapHours: 2 },
      output: {
        ...gateway,
        rotatedAt: sample.changedAt,
        previousExpiresAt: sample.changedAt,
        token: sample.serviceKey,
      },
    },
    errors: ["key.not_found", "key.too_many", "key.too_many_tokens"],
  }),
  revoke: mutation({
    access: "key:manage",
    cost: costs.recorded,
    records: "key.revoked",
    repetition: "replayed",
    summary: "Revokes a key permanently.",
    details:
      "All tokens of the key stop working with the next call. When this call returns, no write of the key is in progress. The pending invites that the key sent are revoked.",
    input: z.strictObject({ id: keyId }),
    output: serviceKey.describe("The key after the change. `status` is `revoked`."),
    example: { input: { id: sample.keyId }, output: { ...gateway, status: "revoked" } },
    errors: ["key.not_found"],
  }),
};
