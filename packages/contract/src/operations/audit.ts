import { z } from "zod";
import { auditActions } from "../audit-actions.ts";
import { mutation, query } from "../define.ts";
import { dateTime, id, page, pageInput, text } from "../schemas.ts";

export const auditAction = z.enum(auditActions).meta({ id: "AuditAction" });

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const values = z.record(z.string(), value).nullable();

export const auditEntry = z
  .object({
    id,
    seq: z.int().describe("The entry's number in the workspace's log: 1, 2, 3 and so on, without gaps."),
    createdAt: dateTime,
    action: z.string(),
    outcome: z.enum(["ok", "denied", "failed"]),
    actor: z.object({
      kind: z.enum(["user", "key", "system", "anonymous"]),
      userId: id.nullable(),
      keyId: id.nullable(),
    }),
    target: z.object({ type: z.string(), id: z.string() }),
    before: values.describe("Properties of the target before the action."),
    after: values.describe("Properties of the target after the action."),
    requestId: z.string().nullable(),
    sessionId: id.nullable(),
    email: z
      .string()
      .nullable()
      .describe("The target's email address, such as the invited one. Null after it was erased."),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: "AuditEntry" });

const HEX_256 = /^[0-9a-f]{64}$/;
const hash = z.string().regex(HEX_256, "Must be 64 hexadecimal digits.").max(64);

/** A position in the chain: the number and the hash of an entry. */
export const chainPoint = z.strictObject({ seq: z.int().min(0), hash }).meta({ id: "ChainPoint" });

export const checkpoint = z
  .strictObject({
    text: z
      .string()
      .max(2_000)
      .describe(
        "The signed text: JSON with the workspace, the number and hash of the last entry, and the time.",
      ),
    signature: z.string().max(200).describe("The Ed25519 signature of the text's bytes, in base64."),
    keyId: z.string().max(64).describe("The id of the signing key in /.well-known/projo-audit-keys.json."),
  })
  .meta({ id: "Checkpoint" });

const afterSeq = z.int().min(0).default(0).describe("Start after this entry. 0 starts with the first entry.");

export const audit = {
  list: query({
    access: "audit:read",
    cost: { points: 2, each: { limit: 0.1 } },
    summary: "Lists the entries of the workspace's audit log, newest first.",
    input: z
      .strictObject({
        ...pageInput,
        action: auditAction.optional(),
        actorUserId: id.optional(),
        targetType: text(1, 40).optional(),
        targetId: text(1, 200).optional(),
        from: dateTime.optional().describe("Only entries recorded at this time or later."),
        to: dateTime.optional().describe("Only entries recorded before this time."),
      })
      .default({ limit: 20 }),
    output: page(auditEntry),
    errors: ["cursor.invalid"],
  }),
  verify: query({
    access: "audit:read",
    cost: { points: 5, each: { limit: 0.15 }, batch: false },
    summary:
      "Checks a part of the audit log for changed, missing and reordered entries. Pass the returned `last` as `after` of the next call, until `done` is true.",
    input: z
      .strictObject({
        after: chainPoint
          .optional()
          .describe("The `last` of the previous call. If omitted, the check starts with the first entry."),
        limit: z
          .int()
          .min(1)
          .max(10_000)
          .default(5_000)
          .describe("The maximum number of entries to check in this call."),
        checkpoint: checkpoint
          .optional()
          .describe(
            "A saved checkpoint. The log must still contain the entry that it names, with the same hash.",
          ),
      })
      .default({ limit: 5_000 }),
    output: z
      .object({
        intact: z.boolean(),
        done: z.boolean().describe("True when the check reached the end of the log or found a problem."),
        checked: z.int().describe("The number of entries that this call checked."),
        last: chainPoint.nullable().describe("The last intact entry, or null if there is none."),
        problem: z
          .object({ seq: z.int(), kind: z.string(), message: z.string() })
          .nullable()
          .describe("The first entry that is not intact, and the problem found."),
      })
      .meta({ id: "AuditVerdict" }),
    errors: ["checkpoint.invalid"],
  }),
  checkpoint: query({
    access: "audit:read",
    cost: { points: 5 },
    summary:
      "Signs the current end of the audit log. Save the checkpoint outside the database: it later shows whether entries were removed or rewritten, even by the database's owner.",
    input: z.strictObject({}).default({}),
    output: checkpoint,
  }),
  export: mutation({
    access: "audit:read",
    cost: { points: 40, each: { limit: 0.15 }, batch: false },
    records: "audit.exported",
    summary:
      "Exports a part of the audit log as text, oldest entry first. The format is NDJSON, which you can verify without the server, or CSV. Pass the returned `lastSeq` as `afterSeq`, with the same `untilSeq`, until `done` is true. Each call records an audit entry.",
    input: z
      .strictObject({
        format: z.enum(["ndjson", "csv"]).default("ndjson"),
        afterSeq,
        untilSeq: z
          .int()
          .min(0)
          .optional()
          .describe("The last entry to export. If omitted, the last entry of the log at this time."),
        limit: z.int().min(1).max(5_000).default(1_000),
      })
      .default({ format: "ndjson", afterSeq: 0, limit: 1_000 }),
    output: z
      .object({
        text: z
          .string()
          .describe(
            "Complete lines. The first part starts with the header, the last part ends with the footer.",
          ),
        lastSeq: z.int(),
        untilSeq: z.int(),
        done: z.boolean(),
      })
      .meta({ id: "AuditExport" }),
  }),
};
