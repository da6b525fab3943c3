import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { describedEnum } from "../fields/described-enum.ts";
import { userId, workspaceId } from "../fields/ids.ts";
import { fingerprint } from "../fields/fingerprint.ts";
import { createdAt } from "../fields/times.ts";
import { sample } from "../sample.ts";
import { count, dateTime, name, page, pageInput } from "../schemas.ts";
import { role } from "./members.ts";

export const workspace = z
  .object({
    id: workspaceId,
    name: z
      .string()
      .describe("The name of the workspace: 1 to 200 characters. Several workspaces can have the same name."),
    createdBy: userId.describe("The id of the user who created the workspace, who may have left it since."),
    createdAt: createdAt("workspace"),
    deletedAt: dateTime
      .nullable()
      .describe(
        "The time of the deletion, or null. A deleted workspace can be restored for 30 days with `workspaces.restore`.",
      ),
  })
  .meta({
    id: "Workspace",
    description: "A tenant: members with their projects, tasks, invites, keys and audit log.",
  });

export const ownWorkspace = z
  .object({
    ...workspace.shape,
    role: role.describe("The role of the caller in the workspace. For a service key, the role of the key."),
  })
  .meta({ id: "OwnWorkspace", description: "A workspace of the caller, with the role of the caller in it." });

/** The fields that `workspaces.get` returns on request only. */
const workspaceIncludes = ["counts"] as const;
export type WorkspaceInclude = (typeof workspaceIncludes)[number];

/** Each count on request stops here, so that its cost has a bound. */
export const MAX_WORKSPACE_COUNT = 10_000;

const include = z
  .array(
    describedEnum(workspaceIncludes, {
      id: "WorkspaceInclude",
      description: "A field of a workspace that is returned on request only.",
      values: { counts: "The numbers of members, projects, tasks, invites and service keys." },
    }),
  )
  .max(10)
  .optional()
  .describe("Fields to return in addition.");

const counts = z
  .object({
    members: count.describe("The number of members."),
    projects: count.describe("The number of projects."),
    tasks: count.describe("The number of tasks of all projects."),
    invites: count.describe("The number of invites, whatever their status."),
    serviceKeys: count.describe("The number of service keys, whatever their status."),
  })
  .meta({
    id: "WorkspaceCounts",
    description: `How much a workspace contains. Each count stops at ${MAX_WORKSPACE_COUNT}, which means that many or more.`,
  });

const countedWorkspace = ownWorkspace
  .extend({
    counts: counts
      .nullable()
      .exactOptional()
      .describe(
        "How much the workspace contains. Only present if `include` contains `counts`; null if the caller is not an admin.",
      ),
  })
  .meta({
    id: "CountedWorkspace",
    description: "A workspace of the caller, with how much it contains on request.",
  });

const someWorkspace = {
  id: sample.workspaceId,
  name: "Difference Engines",
  createdBy: sample.userId,
  createdAt: sample.createdAt,
  deletedAt: null,
  role: "admin",
} as const;

const club = {
  ...someWorkspace,
  id: sample.clubId,
  name: "Chess Club",
  createdBy: sample.clubOwnerId,
  role: "member",
} as const;

export const workspaces = {
  create: mutation({
    access: "session",
    cost: costs.recorded,
    records: "workspace.created",
    repetition: "replayed",
    summary: "Creates a workspace with the caller as its admin.",
    details:
      "The session's current workspace stays the same: send the new id in `x-workspace-id`, or call `workspaces.switch`.",
    input: z.strictObject({ name }),
    output: ownWorkspace,
    example: {
      input: { name: "Analytical Engines" },
      output: { ...someWorkspace, id: sample.newWorkspaceId, name: "Analytical Engines" },
    },
  }),
  list: query({
    access: "session",
    cost: costs.list,
    summary: "Lists the workspaces of the caller, newest first.",
    details:
      "A service key cannot call it, because a key belongs to one workspace: `workspaces.get` returns it.",
    input: z
      .strictObject({
        ...pageInput,
        deleted: z
          .boolean()
          .default(false)
          .describe(
            "With true, the list contains only deleted workspaces that the caller can restore; with false, only others.",
          ),
      })
      .default({ limit: 20, deleted: false }),
    output: page(ownWorkspace),
    example: { input: { limit: 100 }, output: { items: [club], nextCursor: null } },
    errors: ["cursor.invalid"],
  }),
  get: query({
    access: "workspace:read",
    cost: { ...costs.read, given: { include: 60 } },
    summary: "Returns the workspace of the request.",
    details:
      "The workspace is the one in the header `x-workspace-id`; without it, the session's current workspace. A service key always calls in its own workspace.",
    input: z.strictObject({ include }).default({}),
    output: countedWorkspace,
    example: {
      input: { include: ["counts"] },
      output: {
        ...someWorkspace,
        counts: { members: 2, projects: 1, tasks: 1, invites: 1, serviceKeys: 1 },
      },
    },
  }),
  switch: mutation({
    access: "session",
    cost: costs.write,
    records: { nothing: "it changes the caller's session only, and nothing that others can see" },
    repetition: { again: "it selects the same workspace again" },
    summary: "Sets the current workspace of the session.",
    details:
      "Calls of this session without the header `x-workspace-id` then use the workspace. Other sessions of the user keep theirs.",
    input: z.strictObject({ workspaceId }),
    output: ownWorkspace,
    example: { input: { workspaceId: sample.clubId }, output: club },
    errors: ["workspace.not_found"],
  }),
  rename: mutation({
    access: "workspace:manage",
    cost: costs.recorded,
    records: "workspace.renamed",
    repetition: "replayed",
    summary: "Renames the workspace of the request.",
    details: "The id stays the same. Invites that are already mailed keep the old name in their text.",
    input: z.strictObject({ name: name.describe("The new name, on one line.") }),
    output: ownWorkspace.describe("The workspace after the change."),
    example: {
      input: { name: "Difference Engines Ltd" },
      output: { ...someWorkspace, name: "Difference Engines Ltd" },
    },
  }),
  leave: mutation({
    access: "session",
    cost: costs.recorded,
    records: "member.left",
    repetition: "replayed",
    summary: "Ends the membership of the caller in a workspace.",
    details:
      "It takes effect with the caller's next call and revokes the pending invites that the caller sent. Service keys that the caller created keep working, and the admins get a mail that names them. The last admin cannot leave.",
    input: z.strictObject({ workspaceId }),
    output: z.object({ workspaceId: workspaceId.describe("The id of the workspace that the caller left.") }),
    example: { input: { workspaceId: sample.clubId }, output: { workspaceId: sample.clubId } },
    errors: ["workspace.not_found", "member.last_admin"],
  }),
  delete: mutation({
    access: "workspace:delete",
    cost: costs.recorded,
    records: "workspace.deleted",
    repetition: "replayed",
    summary: "Deletes the workspace of the request.",
    details:
      "From the next call on, nobody can access it, and its service keys stop working. An admin can restore it for 30 days with `workspaces.restore`. After that, the server purges all its data except the audit log.",
    input: z.strictObject({
      name: z
        .string()
        .max(1000)
        .describe(
          "The name of the workspace, exactly as `workspaces.get` returns it, to confirm the deletion.",
        ),
      fingerprint: fingerprint
        .optional()
        .describe(
          "The fingerprint of an export, from `workspaceData.fingerprint`. If the workspace has changed since, it is not deleted.",
        ),
    }),
    output: ownWorkspace.describe("The deleted workspace. `deletedAt` is the time of the deletion."),
    example: {
      input: { name: "Difference Engines" },
      output: { ...someWorkspace, deletedAt: sample.changedAt },
    },
    errors: ["workspace.changed"],
  }),
  restore: mutation({
    access: "session",
    cost: costs.recorded,
    records: "workspace.restored",
    repetition: "replayed",
    summary: "Restores a deleted workspace with its data.",
    details:
      "Only an admin of the workspace can do this, within 30 days of the deletion. Its members, invites, service keys, projects and tasks are as before.",
    input: z.strictObject({
      workspaceId: workspaceId.describe(
        "The id of a deleted workspace, from `workspaces.list` with `deleted: true`.",
      ),
    }),
    output: ownWorkspace.describe("The restored workspace. `deletedAt` is null."),
    example: {
      input: { workspaceId: sample.deletedWorkspaceId },
      output: { ...someWorkspace, id: sample.deletedWorkspaceId, name: "Old Engines" },
    },
    errors: ["workspace.not_found", "permission.denied"],
  }),
};
