import { z } from "zod";
import { mutation, query } from "../define.ts";
import { describedEnum } from "../fields/described-enum.ts";
import { fingerprint } from "../fields/fingerprint.ts";
import { sample } from "../sample.ts";
import { count, dateTime, id, text } from "../schemas.ts";

/** The tables of an export, in the order in which they are imported. A file contains the rows of one table. */
export const workspaceTables = ["members", "invites", "serviceKeys", "projects", "tasks"] as const;
export type WorkspaceTable = (typeof workspaceTables)[number];

const tableWords = {
  members: "The members, with the email address and the role of each.",
  invites: "The invites, without their tokens.",
  serviceKeys: "The service keys, without their tokens.",
  projects: "The projects, in the order in which they were created.",
  tasks: "The tasks of all projects, with their external ids.",
} as const;

const table = describedEnum(workspaceTables, {
  id: "WorkspaceTable",
  description: "A table of a workspace.",
  values: tableWords,
});

const importedFile = describedEnum([...workspaceTables, "history"] as const, {
  id: "WorkspaceFile",
  description: "A file of an export.",
  values: {
    ...tableWords,
    history: "The lines of the exported audit logs, each with the number of its log.",
  },
});

/** The longest line, in UTF-16 code units: an entry of the audit log with all its values. */
const MAX_LINE_LENGTH = 30_000;

/** An id on the other server, which names nothing here. */
const otherId = z
  .string()
  .regex(
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    "Must be an id: a UUID in lower case, of 36 characters.",
  )
  .max(36)
  .meta({ pattern: undefined, minLength: 36 });

const lines = z
  .array(z.string().describe("One JSON object."))
  .describe("The rows, each as the JSON text of one line of the file, without a line break.");

const page = z
  .object({
    lines,
    nextAfter: z
      .string()
      .nullable()
      .describe("Pass it as `after` to get the next lines. Null when there are no more."),
  })
  .meta({ id: "WorkspaceLines", description: "A part of a file of an export." });

const after = text(1, 60)
  .optional()
  .describe("Where the part begins: `nextAfter` of the part before it. The first line if omitted.");

const states = z
  .object({
    fingerprint: fingerprint.describe("A text that changes with each change of an exported value."),
    tables: z
      .object(
        Object.fromEntries(
          workspaceTables.map((name) => [
            name,
            z
              .string()
              .describe(`The state of all rows of \`${name}\`: their number, a hyphen, and a hash of them.`),
          ]),
        ) as Record<WorkspaceTable, z.ZodString>,
      )
      .describe(
        "The state of each table: a text that changes with the rows of the table. A row that is created and deleted between two calls leaves it as it was, so compare the number too.",
      ),
  })
  .meta({
    id: "WorkspaceFingerprint",
    description: "The state of the data of a workspace at one time, to find out whether it has changed.",
  });

const started = z
  .object({
    name: z.string().describe("The present name of the exported workspace."),
    createdBy: id.describe("The id of the user who founded the workspace."),
    createdAt: dateTime.describe("The time at which the workspace was founded."),
  })
  .meta({ id: "ExportedWorkspace", description: "The properties of an exported workspace." });

const rowCounts = (description: string) =>
  z
    .strictObject(
      Object.fromEntries(
        importedFile.options.map((name) => [
          name,
          z.int().min(0).max(2_147_483_647).describe(`The number of lines of the file \`${name}\`.`),
        ]),
      ) as Record<WorkspaceTable | "history", z.ZodInt>,
    )
    .describe(description);

const importProgress = z
  .object({
    rows: rowCounts("The number of lines of each file that are imported: continue after them."),
    isFinished: z.boolean().describe("True after `workspaceData.finishImport`."),
  })
  .meta({ id: "ImportProgress", description: "How much of an export is imported." });

const imported = z
  .object({
    invites: count.describe(
      "The number of invites that nobody can accept before `invites.resend` sends them again.",
    ),
    serviceKeys: count.describe(
      "The number of service keys that have no token before `serviceKeys.rotate` issues one.",
    ),
  })
  .meta({ id: "ImportedWorkspace", description: "What an admin has to do after an import." });

const noRows = { members: 0, invites: 0, serviceKeys: 0, projects: 0, tasks: 0, history: 0 } as const;
const tableStates = {
  members: "...",
  invites: "...",
  serviceKeys: "...",
  projects: "...",
  tasks: "...",
} as const;

export const workspaceData = {
  startExport: mutation({
    access: "workspace:export",
    cost: { points: 40 },
    records: "workspace.exported",
    repetition: {
      again: "it changes nothing except the audit log, where an entry for each export is correct",
    },
    summary: "Records the start of an export, and returns the properties of the workspace.",
    details:
      "Then read the tables with `workspaceData.exportRows`, and the audit log with `audit.export`. Nobody gets a mail.",
    input: z.strictObject({}).default({}),
    output: started,
    example: {
      input: {},
      output: { name: "Difference Engines", createdBy: sample.userId, createdAt: sample.createdAt },
    },
  }),
  fingerprint: query({
    access: "workspace:export",
    cost: { points: 50, batch: false },
    summary:
      "Returns the state of the data of the workspace, to find out whether an export is still complete.",
    details:
      "Call it before and after an export. If `fingerprint` is the same, the export contains the workspace as it was all the time between the two calls. The last use of a service key and the audit log do not count.",
    input: z.strictObject({}).default({}),
    output: states,
    example: { input: {}, output: { fingerprint: sample.hash, tables: tableStates } },
  }),
  exportRows: query({
    access: "workspace:export",
    cost: { points: 1, each: { limit: 0.05 }, batch: false },
    summary: "Returns rows of a table for an export, in the order of their ids.",
    details: "The rows contain no token, no hash of a token and no password.",
    input: z.strictObject({
      table: table.describe("The table to read."),
      after,
      limit: z.int().min(1).max(1_000).default(500).describe("The maximum number of rows in this part."),
    }),
    output: page,
    example: {
      input: { table: "projects", limit: 500 },
      output: { lines: ['{"id" : "...'], nextAfter: null },
    },
  }),
  exportHistory: query({
    access: "audit:read",
    cost: { points: 2, each: { limit: 0.15 }, batch: false },
    summary: "Returns the audit logs that an import brought into the workspace.",
    details:
      "These logs belong to servers on which the workspace was before. The log of this server is in `audit.export`.",
    input: z
      .strictObject({
        after,
        limit: z.int().min(1).max(500).default(200).describe("The maximum number of lines in this part."),
      })
      .default({ limit: 200 }),
    output: page,
    example: { input: { limit: 200 }, output: { lines: ['{"log":1,...'], nextAfter: null } },
  }),
  startImport: mutation({
    access: "workspace:manage",
    cost: { points: 45 },
    records: "workspace.import_started",
    repetition: { again: "it continues the same import" },
    summary: "Starts an import into an empty workspace, or continues it.",
    details:
      "A workspace is empty if it has no projects, tasks, service keys and open invites. Its members stay. Only one export can be imported into a workspace.",
    input: z.strictObject({
      sourceId: otherId.describe("The id that the workspace had when it was exported."),
      manifest: fingerprint
        .regex(/^[0-9a-f]{64}$/, "Must be 64 hexadecimal digits.")
        .meta({ pattern: undefined })
        .describe("SHA-256 of the manifest in hexadecimal digits. It identifies the export."),
    }),
    output: importProgress,
    example: {
      input: { sourceId: sample.sourceId, manifest: sample.hash },
      output: { rows: noRows, isFinished: false },
    },
    errors: ["import.not_empty"],
  }),
  importRows: mutation({
    access: "workspace:manage",
    cost: { points: 8, each: { lines: 4 }, batch: false },
    records: {
      nothing:
        "the entries of the start and of the end of the import name it, and the rows keep their authors",
    },
    repetition: { again: "rows that are imported already are left unchanged" },
    summary: "Imports up to 100 lines of a file of an export.",
    details:
      "Send the files in the order of `WorkspaceFile`, and the lines of each in their order. Each row gets a new id and keeps its times and its author. An author without an account in this workspace gets an id of a user who cannot sign in. Nobody becomes a member, and nobody gets a mail.",
    input: z.strictObject({
      file: importedFile.describe("The file to which the lines belong."),
      from: z
        .int()
        .min(0)
        .max(2_147_483_647)
        .describe("The number of lines of the file before the first of these."),
      lines: z
        .array(z.string().min(2).max(MAX_LINE_LENGTH).describe("One JSON object, as an export contains it."))
        .min(1)
        .max(100)
        .describe("The lines, without line breaks."),
    }),
    output: z
      .object({ imported: count.describe("The number of lines of the file that are imported now.") })
      .meta({ id: "ImportedLines", description: "The progress of a file of an import." }),
    example: {
      input: {
        file: "projects",
        from: 0,
        lines: [
          '{"id":"0199f3d4-7263-7c5e-9a41-6d2b8f0e3c17","name":"Sketches","createdBy":"0199f3d5-ef50-7b2a-8c63-1f9d4e7a5b08","createdAt":"2026-01-31T09:30:00.000Z","updatedAt":null,"version":1}',
        ],
      },
      output: { imported: 1 },
    },
    errors: [
      "import.not_running",
      "import.gap",
      "project.not_found",
      "project.too_many",
      "task.too_many",
      "invite.too_many",
      "key.too_many",
    ],
  }),
  finishImport: mutation({
    access: "workspace:manage",
    cost: { points: 100, batch: false },
    records: "workspace.imported",
    repetition: { again: "a finished import is left unchanged" },
    summary: "Completes an import: the workspace gets the name and the founder of the exported one.",
    details:
      "Each member of the exported workspace who is not a member here gets an invite, which `invites.resend` sends. It needs no confirmation of the members who are here already, and changes no role.",
    input: z.strictObject({
      name: text(1, 200).describe("The name of the exported workspace."),
      createdBy: otherId.describe("The id of the founder on the other server."),
      createdAt: dateTime.describe("The time at which the exported workspace was founded."),
      rows: rowCounts("The number of lines of each file of the export, to compare with the imported ones."),
    }),
    output: imported,
    example: {
      input: {
        name: "Difference Engines",
        createdBy: sample.sourceFounderId,
        createdAt: sample.createdAt,
        rows: noRows,
      },
      output: { invites: 1, serviceKeys: 2 },
    },
    errors: ["import.not_running", "import.incomplete"],
  }),
  assignRows: mutation({
    access: "workspace:manage",
    cost: { points: 40, each: { limit: 1 }, batch: false },
    records: "workspace.authors_assigned",
    repetition: { again: "it continues with the rows that are left" },
    summary: "Assigns imported rows to their authors who have joined since the import.",
    details:
      "An author is recognized by the email address of the exported member. The versions and the times of the rows stay the same. Repeat the call until `done` is true.",
    input: z
      .strictObject({
        limit: z.int().min(1).max(1_000).default(500).describe("The maximum number of rows to change."),
      })
      .default({ limit: 500 }),
    output: z
      .object({
        assigned: count.describe("The number of rows that this call changed."),
        done: z.boolean().describe("True if no row is left of a person who has joined."),
        waiting: count.describe("The number of members of the exported workspace who have not joined yet."),
      })
      .meta({ id: "AssignedRows", description: "The result of one call of `workspaceData.assignRows`." }),
    example: { input: { limit: 500 }, output: { assigned: 0, done: true, waiting: 0 } },
  }),
};
