// The rows of an export. docs/workspace-export.md documents them. A row may contain texts that an older build accepted, so the
// schemas check what the database requires, and not the rules for new names.
import { z } from "zod";
import { role } from "../operations/members.ts";
import { permission } from "../operations/service-keys.ts";
import { taskStatus } from "../operations/tasks.ts";
import { dateTime, id, text } from "../schemas.ts";
import { hash } from "./audit-models.ts";

/** A text that PostgreSQL can store. */
const stored = (min: number, max: number) =>
  text(min, max).refine(
    (value) => value.isWellFormed() && !value.includes("\0"),
    "Must be well-formed Unicode without U+0000.",
  );

const version = z.int().min(1).max(2_147_483_647);
const number = z.int().min(0).max(2_147_483_647);

/** As the constraint invites_email_canonical. */
const email = z
  .string()
  .regex(/^[\x21-\x40\x5b-\x7e]{3,254}$/, "Must be an email address in small letters, of ASCII characters.");

const time = dateTime.nullable();

const personal = z
  .record(
    z.enum(["email", "ip", "userAgent"]),
    z.strictObject({ value: stored(0, 10_000), salt: z.string().regex(/^[0-9a-f]{32}$/) }).optional(),
  )
  .nullable();

/** The schema of a line, by the file of the export. */
export const workspaceRows = {
  members: z.strictObject({ id, userId: id, email, role, joinedAt: dateTime }),
  invites: z
    .strictObject({
      id,
      email,
      role,
      invitedBy: id,
      invitedByKey: id.nullable(),
      acceptedBy: id.nullable(),
      createdAt: dateTime,
      expiresAt: dateTime,
      usedAt: time,
      revokedAt: time,
      declinedAt: time,
    })
    .refine(({ usedAt, revokedAt }) => usedAt === null || revokedAt === null, {
      path: ["revokedAt"],
      message: "Must be null for an accepted invite.",
    })
    .refine(({ declinedAt, revokedAt }) => declinedAt === null || revokedAt !== null, {
      path: ["revokedAt"],
      message: "Must not be null for a declined invite.",
    }),
  serviceKeys: z.strictObject({
    id,
    name: stored(1, 200),
    role,
    scopes: z.array(permission).min(1).max(100),
    createdBy: id,
    createdAt: dateTime,
    expiresAt: dateTime,
    rotatedAt: time,
    revokedAt: time,
    lastUsedAt: time,
  }),
  projects: z.strictObject({
    id,
    name: stored(1, 200),
    createdBy: id,
    createdAt: dateTime,
    updatedAt: time,
    version,
  }),
  tasks: z.strictObject({
    id,
    projectId: id,
    title: stored(1, 200),
    status: taskStatus,
    externalId: stored(1, 200).nullable(),
    createdBy: id,
    createdAt: dateTime,
    updatedAt: time,
    version,
  }),
  history: z.strictObject({
    log: number,
    line: number,
    text: stored(1, 30_000),
    hash: hash.optional(),
    personal: personal.optional(),
  }),
};

/** The rows of each file. */
export type WorkspaceRows = {
  readonly [F in keyof typeof workspaceRows]: readonly z.output<(typeof workspaceRows)[F]>[];
};
