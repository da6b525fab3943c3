// The failures that contain the present row. A program shows it to the user, who decides about the change.
import type { z } from "zod";
import type { Permission } from "@projostack/authz";
import { project } from "./operations/projects.ts";
import { task } from "./operations/tasks.ts";
import type { Reason } from "./errors.ts";

interface CurrentRowOf {
  readonly schema: z.ZodType;
  /** The permission to read such a row. A caller without it gets the failure without the row. */
  readonly access: Permission;
}

/** The schema of the present row, by the reason of the failure. */
export const currentRows = {
  "project.version_conflict": { schema: project, access: "project:read" },
  "task.version_conflict": { schema: task, access: "task:read" },
} as const satisfies Partial<Record<Reason, CurrentRowOf>>;

export type ReasonWithRow = keyof typeof currentRows;

export type CurrentRow<R extends ReasonWithRow = ReasonWithRow> = z.output<(typeof currentRows)[R]["schema"]>;
