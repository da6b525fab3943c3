import { z } from "zod";
import { mutation, query } from "../define.ts";
import { describedEnum } from "../fields/described-enum.ts";
import { keyId, userId } from "../fields/ids.ts";
import { auditAction, auditEntry, auditVerdict, chainPoint, checkpoint } from "../models/audit-models.ts";
import { sample } from "../sample.ts";
import { count, dateTime, page, pageInput, text } from "../schemas.ts";

const exported = z
  .object({
    text: z
      .string()
      .describe(
        "Complete lines. Concatenate the texts of all calls to get the file. The first text begins with the header, the last one ends with the footer.",
      ),
    lastSeq: count.describe(
      "The number of the last entry in `text`: pass it as `afterSeq` of the next call.",
    ),
    untilSeq: count.describe(
      "The number of the last entry of the export: pass it unchanged to the next call.",
    ),
    done: z.boolean().describe("True if `text` is the last part of the export."),
  })
  .meta({ id: "AuditExport", description: "One part of an export of the audit log." });

/** The fields that `audit.list` returns on request only. */
const listedEntryIncludes = ["actorName"] as const;
export type ListedEntryInclude = (typeof listedEntryIncludes)[number];

const include = z
  .array(
    describedEnum(listedEntryIncludes, {
      id: "ListedEntryInclude",
      description: "A field of a listed audit entry that is returned on request only.",
      values: { actorName: "Who acted, in words for people." },
    }),
  )
  .max(10)
  .optional()
  .describe(
    "Fields to return in addition, so that a list can be shown without further calls. They do not change which entries are returned, and a cursor is valid with any of them.",
  );

export const audit = {
  list: query({
    access: "audit:read",
    cost: { points: 2, each: { limit: 0.1 } },
    mayReadReplica: true,
    summary: "Lists the entries of the workspace's audit log, newest first.",
    details: "Each filter narrows the list: an entry must match all filters that are given.",
    input: z
      .strictObject({
        ...pageInput,
        action: auditAction.optional().describe("Only entries of this action."),
        actorUserId: userId.optional().describe("Only actions of this user."),
        actorKeyId: keyId.optional().describe("Only actions of this service key."),
        targetType: text(1, 40)
          .optional()
          .describe("Only actions on things of this kind, such as `task` or `member`."),
        targetId: text(1, 200).optional().describe("Only actions on the thing with this id."),
        from: dateTime.optional().describe("Only entries recorded at this time or later."),
        to: dateTime.optional().describe("Only entries recorded before this time."),
        include,
      })
      .default({ limit: 20 }),
    output: page(auditEntry),
    example: {
      input: { action: "task.deleted", include: ["actorName"] },
      output: {
        items: [
          {
            id: sample.entryId,
            seq: 42,
            createdAt: sample.changedAt,
            action: "task.deleted",
            outcome: "ok",
            actor: { kind: "user", userId: sample.userId, keyId: null },
            actorName: sample.email,
            target: { type: "task", id: sample.deletedTaskId },
            before: { title: "Write the release notes" },
            after: null,
            requestId: "...",
            sessionId: sample.sessionPseudonym,
            email: null,
            ip: "...",
            userAgent: "...",
          },
        ],
        nextCursor: null,
      },
    },
    errors: ["cursor.invalid"],
  }),
  verify: query({
    access: "audit:read",
    cost: { points: 5, each: { limit: 0.15 }, batch: false },
    summary: "Checks a part of the audit log for changed, missing and reordered entries.",
    details:
      "Pass the returned `last` as `after` of the next call, until `done` is true. With a saved `checkpoint` it also finds entries that were cut off the end.",
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
            "A saved answer of `audit.checkpoint`. The log must still contain the entry that it names, with the same hash.",
          ),
      })
      .default({ limit: 5_000 }),
    output: auditVerdict,
    example: {
      input: { limit: 5_000 },
      output: { intact: true, done: true, checked: 42, last: { seq: 42, hash: sample.hash }, problem: null },
    },
    errors: ["checkpoint.invalid"],
  }),
  checkpoint: query({
    access: "audit:read",
    cost: { points: 5 },
    summary: "Signs the current end of the audit log.",
    details:
      "Save the checkpoint outside the database: it later shows whether entries were removed or rewritten, even by the database's owner. Pass it to `audit.verify`.",
    input: z.strictObject({}).default({}),
    output: checkpoint,
    example: {
      input: {},
      output: { text: '{"format":"projo-checkpoint/1",...', signature: "...", keyId: "..." },
    },
  }),
  export: mutation({
    access: "audit:read",
    cost: { points: 40, each: { limit: 0.15 }, batch: false },
    records: "audit.exported",
    repetition: {
      again: "it changes nothing except the audit log, where an entry for each export is correct",
    },
    summary: "Exports a part of the audit log as text, oldest entry first.",
    details:
      "Pass the returned `lastSeq` as `afterSeq`, with the same `untilSeq`, until `done` is true. Each call records an audit entry, which is not part of the export.",
    input: z
      .strictObject({
        format: describedEnum(["ndjson", "csv"], {
          description: "The format of the text.",
          values: {
            ndjson: "One JSON object on each line. It can be verified without the server.",
            csv: "A table for reading, without hashes. Cells are safe to open in a spreadsheet.",
          },
        }).default("ndjson"),
        afterSeq: count
          .default(0)
          .describe("The number of the entry after which the export starts. 0 starts with the first entry."),
        untilSeq: count
          .optional()
          .describe(
            "The number of the last entry to export. If omitted, the last entry of the log at this time.",
          ),
        limit: z
          .int()
          .min(1)
          .max(5_000)
          .default(1_000)
          .describe("The maximum number of entries to export in this call."),
      })
      .default({ format: "ndjson", afterSeq: 0, limit: 1_000 }),
    output: exported,
    example: {
      input: { format: "ndjson", limit: 1_000 },
      output: { text: '{"format":"projo-audit/1",...', lastSeq: 42, untilSeq: 42, done: true },
    },
  }),
};
