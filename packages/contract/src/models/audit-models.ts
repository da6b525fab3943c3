// The entries of the audit log and the points of its chain.
import { z } from "zod";
import { auditActionDescriptions, auditActions } from "../audit-actions.ts";
import { describedEnum } from "../fields/described-enum.ts";
import { keyId, userId } from "../fields/ids.ts";
import { count, dateTime, id, wholeNumber } from "../schemas.ts";

export const auditAction = describedEnum(auditActions, {
  id: "AuditAction",
  description: "An action that the audit log of a workspace records.",
  values: auditActionDescriptions,
});

const outcome = describedEnum(["ok", "denied", "failed"], {
  description: "How the action ended.",
  values: {
    ok: "It was done.",
    denied: "The caller does not have the permission, and nothing was done.",
    failed: "It was not done for another cause.",
  },
});

const actorKind = describedEnum(["user", "key", "system", "anonymous"], {
  description: "Who acted.",
  values: {
    user: "A user, named by `userId`.",
    key: "A service key, named by `keyId`.",
    system: "The server itself, or its operator.",
    anonymous: "A caller who is not signed in.",
  },
});

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]).describe("The value of one property.");
const values = z.record(z.string(), value).nullable();

export const auditEntry = z
  .object({
    id: id.describe("The id of the entry."),
    seq: wholeNumber.describe(
      "The number of the entry in the workspace's log: 1, 2, 3 and so on, without gaps.",
    ),
    createdAt: dateTime.describe("The time at which the action was recorded."),
    action: z
      .string()
      .describe(
        "The action, such as `task.deleted`: one of `AuditAction`. A newer server can record others.",
      ),
    outcome,
    actor: z
      .object({
        kind: actorKind,
        userId: userId.nullable().describe("The id of the user who acted, or null if it was no user."),
        keyId: keyId.nullable().describe("The id of the service key that acted, or null if it was no key."),
      })
      .describe("Who acted."),
    actorName: z
      .string()
      .nullable()
      .exactOptional()
      .describe(
        "The email address of the user who acted, or the name of the service key. Only present if `include` of `audit.list` contains `actorName`. Null if the user is no member, or if the caller lacks `member:read` for an address or `key:manage` for the name of a key.",
      ),
    target: z
      .object({
        type: z.string().describe("The kind of thing, such as `task`, `member` or `key`."),
        id: z.string().describe("The id of the thing. It may be deleted since."),
      })
      .describe("The thing on which the actor acted."),
    before: values.describe("Properties of the target before the action, or null."),
    after: values.describe("Properties of the target after the action, or null."),
    requestId: z
      .string()
      .nullable()
      .describe("The id of the request, which the server's log contains too. Null if there was no request."),
    sessionId: id
      .nullable()
      .describe(
        "A pseudonym of the session: equal for all entries of one session in this workspace. It is not the session's id. Null if there was no session.",
      ),
    email: z
      .string()
      .nullable()
      .describe(
        "The email address of the target, such as the invited one. Null if it has none or it was erased.",
      ),
    ip: z
      .string()
      .nullable()
      .describe("The IP address of the actor. Null if there is none or it was erased."),
    userAgent: z
      .string()
      .nullable()
      .describe("The `user-agent` header of the request. Null if there is none or it was erased."),
  })
  .meta({ id: "AuditEntry", description: "The record of one action in a workspace. It never changes." });

const HEX_256 = /^[0-9a-f]{64}$/;
export const hash = z
  .string()
  .regex(HEX_256, "Must be 64 hexadecimal digits.")
  .max(64)
  .meta({ pattern: undefined, minLength: 64 })
  .describe("The hash of the entry: SHA-256 in hexadecimal digits, in small letters.");

/** A position in the chain: the number and the hash of an entry. */
export const chainPoint = z
  .strictObject({
    seq: count.describe("The number of the entry."),
    hash,
  })
  .meta({ id: "ChainPoint", description: "A position in the audit log: an entry and its hash." });

export const checkpoint = z
  .strictObject({
    text: z
      .string()
      .max(2_000)
      .describe(
        "The signed text: JSON with the workspace, the number and hash of the last entry, and the time.",
      ),
    signature: z.string().max(200).describe("The Ed25519 signature of the bytes of `text`, in base64."),
    keyId: z.string().max(64).describe("The id of the signing key in /.well-known/projo-audit-keys.json."),
  })
  .meta({ id: "Checkpoint", description: "A signed statement of the end of the audit log at one time." });

const problem = z
  .object({
    seq: wholeNumber.describe("The number of the entry."),
    kind: z
      .string()
      .describe(
        "What is wrong, such as `edited`, `missing` or `truncated`. The guide to the audit log lists all.",
      ),
    message: z.string().describe("A sentence about the problem, for people."),
  })
  .nullable()
  .describe("The first entry that is not intact, and the problem found. Null if there is none.");

export const auditVerdict = z
  .object({
    intact: z.boolean().describe("True if this call found no problem."),
    done: z.boolean().describe("True if the check reached the end of the log or found a problem."),
    checked: count.describe("The number of entries that this call checked."),
    last: chainPoint
      .nullable()
      .describe("The last intact entry: pass it as `after` of the next call. Null if a problem was found."),
    problem,
  })
  .meta({ id: "AuditVerdict", description: "The result of a check of the audit log." });
