import { roles } from "@projostack/authz";
import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { dateTime, id, name, noInput, page, pageInput } from "../schemas.ts";

export const workspace = z
  .object({
    id,
    name: z.string(),
    createdBy: id,
    createdAt: dateTime,
    deletedAt: dateTime
      .nullable()
      .describe("The time of deletion, or null. A deleted workspace can be restored for 30 days."),
  })
  .meta({ id: "Workspace" });

export const ownWorkspace = z
  .object({ ...workspace.shape, role: z.enum(roles).describe("The caller's role in the workspace.") })
  .meta({ id: "OwnWorkspace" });

export const workspaces = {
  create: mutation({
    access: "session",
    cost: costs.recorded,
    records: "workspace.created",
    summary: "Creates a workspace with the caller as its admin.",
    input: z.strictObject({ name }),
    output: ownWorkspace,
  }),
  list: query({
    access: "session",
    cost: costs.list,
    summary: "Lists the caller's workspaces, newest first.",
    input: z
      .strictObject({
        ...pageInput,
        deleted: z
          .boolean()
          .default(false)
          .describe("List the deleted workspaces that the caller may restore instead."),
      })
      .default({ limit: 20, deleted: false }),
    output: page(ownWorkspace),
    errors: ["cursor.invalid"],
  }),
  get: query({
    access: "workspace:read",
    cost: costs.read,
    summary: "Returns the workspace of the request.",
    input: noInput,
    output: ownWorkspace,
  }),
  switch: mutation({
    access: "session",
    cost: costs.write,
    records: { nothing: "it changes the caller's session only, and nothing that others can see" },
    summary: "Sets the session's current workspace, which calls without the x-workspace-id header use.",
    input: z.strictObject({ workspaceId: id }),
    output: ownWorkspace,
    errors: ["workspace.not_found"],
  }),
  rename: mutation({
    access: "workspace:manage",
    cost: costs.recorded,
    records: "workspace.renamed",
    summary: "Renames the workspace of the request.",
    input: z.strictObject({ name }),
    output: ownWorkspace,
  }),
  leave: mutation({
    access: "session",
    cost: costs.recorded,
    records: "member.left",
    summary:
      "Ends the caller's membership of a workspace, and revokes the pending invites that the caller sent.",
    input: z.strictObject({ workspaceId: id }),
    output: z.object({ workspaceId: id }),
    errors: ["workspace.not_found", "member.last_admin"],
  }),
  delete: mutation({
    access: "workspace:delete",
    cost: costs.recorded,
    records: "workspace.deleted",
    summary:
      "Deletes the workspace of the request. It is no longer accessible, and an admin can restore it for 30 days. After that, all its data except the audit log is purged.",
    input: z.strictObject({
      name: z.string().max(1000).describe("The exact name of the workspace, to confirm the deletion."),
    }),
    output: ownWorkspace,
  }),
  restore: mutation({
    access: "session",
    cost: costs.recorded,
    records: "workspace.restored",
    summary: "Restores a deleted workspace with its data. Only an admin of it can do this, within 30 days.",
    input: z.strictObject({ workspaceId: id }),
    output: ownWorkspace,
    errors: ["workspace.not_found", "permission.denied"],
  }),
};
