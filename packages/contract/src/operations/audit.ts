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
    seq: z.int().describe("Its number in the workspace's log: 1, 2, 3 and so on, without a gap."),
    createdAt: dateTime,
    action: z.string(),
    outcome: z.enum(["ok", "denied", "failed"]),
    actor: z.object({
      kind: z.enum(["user", "key", "system", "anonymous"]),
      userId: id.nullable(),
      keyId: id.nullable(),
    }),
    target: z.object({ type: z.string(), id: z.string() }),
    before: values.describe("What is worth knowing of the target as it was."),
    after: values.describe("And as it was made."),
    requestId: z.string().nullable(),
    sessionId: id.nullable(),
    email: z
      .string()
      .nullable()
      .describe("The target's address, such as the one invited. Null once it was erased."),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: "AuditEntry" });

const HEX_256 = /^[0-9a-f]{64}$/;
const hash = z.string().regex(HEX_256, "Must be 64 hexadecimal digits.").max(64);

/** A place in the chain: an entry's number, and its hash. */
export const chainPoint = z.strictObject({ seq: z.int().min(0), hash }).meta({ id: "ChainPoint" });

export const checkpoint = z
  .strictObject({
    text: z
      .string()
      .max(2_000)
      .describe("What is signed: JSON with the workspace, the number, the hash and the time."),
    signature: z.string().max(200).describe("Ed25519 over the text's bytes, in base64."),
    keyId: z.string().max(64).describe("Which key of /.well-known/projo-audit-keys.json signed."),
  })
  .meta({ id: "Checkpoint" });

const afterSeq = z.int().min(0).default(0).describe("0 to begin with the first entry.");

export const audit = {
  list: query({
    access: "audit:read",
    cost: { points: 2, each: { limit: 0.1 } },
    summary: "The workspace's audit log, newest first.",
    input: z
      .strictObject({
        ...pageInput,
        action: auditAction.optional(),
        actorUserId: id.optional(),
        targetType: text(1, 40).optional(),
        targetId: text(1, 200).optional(),
        from: dateTime.optional().describe("Made at this time or later."),
        to: dateTime.optional().describe("Made before this time."),
      })
      .default({ limit: 20 }),
    output: page(auditEntry),
    errors: ["cursor.invalid"],
  }),
  verify: query({
    access: "audit:read",
    cost: { points: 5, each: { limit: 0.15 }, batch: false },
    summary:
      "Checks the log from a place on: that every entry is as it was written, in its order, with none left out. Call again from `last` until `done`.",
    input: z
      .strictObject({
        after: chainPoint
          .optional()
          .describe("Where an earlier call ended. Left out, it begins with the first entry."),
        limit: z.int().min(1).max(10_000).default(5_000).describe("The most entries to check in this call."),
        checkpoint: checkpoint
          .optional()
          .describe("One that was kept: what it knows of must still be there."),
      })
      .default({ limit: 5_000 }),
    output: z
      .object({
        intact: z.boolean(),
        done: z.boolean().describe("Whether the end was reached; also when something is wrong."),
        checked: z.int().describe("How many entries this call has checked."),
        last: chainPoint
          .nullable()
          .describe("The last entry that is as it should be; null before the first."),
        problem: z
          .object({ seq: z.int(), kind: z.string(), message: z.string() })
          .nullable()
          .describe("The first entry that is not, and why."),
      })
      .meta({ id: "AuditVerdict" }),
    errors: ["checkpoint.invalid"],
  }),
  checkpoint: query({
    access: "audit:read",
    cost: { points: 5 },
    summary:
      "Signs where the log ends now. Kept elsewhere, it shows later whether entries were cut off or written anew, even by the database's owner.",
    input: z.strictObject({}).default({}),
    output: checkpoint,
  }),
  export: mutation({
    access: "audit:read",
    cost: { points: 40, each: { limit: 0.15 }, batch: false },
    records: "audit.exported",
    summary:
      "The log as text, oldest first, a part a call: as NDJSON, which can be checked without the server, or as CSV. Call again from `lastSeq` with the same `untilSeq` until `done`. It goes on record.",
    input: z
      .strictObject({
        format: z.enum(["ndjson", "csv"]).default("ndjson"),
        afterSeq,
        untilSeq: z
          .int()
          .min(0)
          .optional()
          .describe("The last entry to export. Left out, the last there is now."),
        limit: z.int().min(1).max(5_000).default(1_000),
      })
      .default({ format: "ndjson", afterSeq: 0, limit: 1_000 }),
    output: z
      .object({
        text: z
          .string()
          .describe("Whole lines. The first part begins with the header, the last ends with the footer."),
        lastSeq: z.int(),
        untilSeq: z.int(),
        done: z.boolean(),
      })
      .meta({ id: "AuditExport" }),
  }),
};
