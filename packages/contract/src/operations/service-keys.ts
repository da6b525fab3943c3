import { permissions } from "@projostack/authz";
import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { role } from "./members.ts";
import { dateTime, id, name, page, pageInput } from "../schemas.ts";

export const permission = z.enum(permissions).meta({ id: "Permission" });

export const serviceKeyStatus = z.enum(["active", "expired", "revoked"]).meta({ id: "ServiceKeyStatus" });

export const serviceKey = z
  .object({
    id,
    name: z.string(),
    role,
    scopes: z.array(permission),
    status: serviceKeyStatus,
    createdBy: id,
    creatorIsMember: z
      .boolean()
      .describe(
        "False after the creator has left the workspace. Another admin should then take over the key.",
      ),
    createdAt: dateTime,
    expiresAt: dateTime,
    rotatedAt: dateTime.nullable(),
    previousExpiresAt: dateTime
      .nullable()
      .describe(
        "The time until which all tokens work that still work after a rotation. Null if only the newest token works.",
      ),
    lastUsedAt: dateTime.nullable().describe("Accurate to one minute."),
  })
  .meta({ id: "ServiceKey" });

const shownServiceKey = z
  .object({
    ...serviceKey.shape,
    token: z.string().describe("The bearer token of the service. Returned only by this call."),
  })
  .meta({ id: "ShownServiceKey" });

const days = z.int().min(1).max(365);

export const serviceKeys = {
  create: mutation({
    access: "key:manage",
    cost: costs.recorded,
    records: "key.created",
    summary:
      "Creates a key with which another service calls this workspace. Each call needs a permission that both the key's scopes and its role allow.",
    input: z.strictObject({
      name,
      role: role.default("member"),
      scopes: z
        .array(permission)
        .min(1)
        .max(permissions.length)
        .describe("The permissions of the key, a subset of those that its role allows."),
      expiresInDays: days.default(90).describe("The number of days after which the token expires."),
    }),
    output: shownServiceKey,
    errors: ["auth.email_unverified", "key.too_many"],
  }),
  list: query({
    access: "key:manage",
    cost: costs.list,
    summary: "Lists the service keys of the workspace, newest first.",
    input: z.strictObject({ ...pageInput, status: serviceKeyStatus.optional() }).default({ limit: 20 }),
    output: page(serviceKey),
    errors: ["cursor.invalid"],
  }),
  rotate: mutation({
    access: "key:manage",
    cost: costs.recorded,
    records: "key.rotated",
    summary:
      "Issues a new token for a key. The newest token keeps working for `overlapHours`, and tokens that an earlier rotation replaced keep working until the end that it announced. So the call can be repeated if its response is lost.",
    input: z.strictObject({
      id,
      overlapHours: z
        .int()
        .min(0)
        .max(168)
        .default(24)
        .describe(
          "The number of hours for which the newest token keeps working. 0 ends it and all earlier tokens at once.",
        ),
      expiresInDays: days
        .optional()
        .describe(
          "The number of days after which the new token expires. Default: the number for the newest token.",
        ),
    }),
    output: shownServiceKey,
    errors: ["key.not_found", "key.too_many", "key.too_many_tokens"],
  }),
  revoke: mutation({
    access: "key:manage",
    cost: costs.recorded,
    records: "key.revoked",
    summary: "Revokes a key with immediate effect.",
    input: z.strictObject({ id }),
    output: serviceKey,
    errors: ["key.not_found"],
  }),
};
