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
      .describe("False once whoever made the key has left: see that somebody minds it."),
    createdAt: dateTime,
    expiresAt: dateTime,
    rotatedAt: dateTime.nullable(),
    previousExpiresAt: dateTime.nullable().describe("Until when the token before the last rotation works."),
    lastUsedAt: dateTime.nullable().describe("To within a minute."),
  })
  .meta({ id: "ServiceKey" });

const shownServiceKey = z
  .object({
    ...serviceKey.shape,
    token: z.string().describe("What the service sends as its bearer token. Shown this once."),
  })
  .meta({ id: "ShownServiceKey" });

const expiresInDays = z.int().min(1).max(365).default(90).describe("After so many days it no longer works.");

export const serviceKeys = {
  create: mutation({
    access: "key:manage",
    cost: costs.recorded,
    records: "key.created",
    summary:
      "Makes a key by which another service acts in this workspace, as far as its scopes and its role reach.",
    input: z.strictObject({
      name,
      role: role.default("member"),
      scopes: z
        .array(permission)
        .min(1)
        .max(permissions.length)
        .describe("What it may do, of what its role may."),
      expiresInDays,
    }),
    output: shownServiceKey,
    errors: ["auth.email_unverified", "key.too_many"],
  }),
  list: query({
    access: "key:manage",
    cost: costs.list,
    summary: "The service keys of the workspace, newest first.",
    input: z.strictObject({ ...pageInput, status: serviceKeyStatus.optional() }).default({ limit: 20 }),
    output: page(serviceKey),
    errors: ["cursor.invalid"],
  }),
  rotate: mutation({
    access: "key:manage",
    cost: costs.recorded,
    records: "key.rotated",
    summary:
      "Gives a key another token. The one before works for a while longer, so that no call fails meanwhile.",
    input: z.strictObject({
      id,
      overlapHours: z
        .int()
        .min(0)
        .max(168)
        .default(24)
        .describe("How long the token before still works. 0 to end it now."),
      expiresInDays,
    }),
    output: shownServiceKey,
    errors: ["key.not_found", "key.too_many"],
  }),
  revoke: mutation({
    access: "key:manage",
    cost: costs.recorded,
    records: "key.revoked",
    summary: "Ends a key at once.",
    input: z.strictObject({ id }),
    output: serviceKey,
    errors: ["key.not_found"],
  }),
};
