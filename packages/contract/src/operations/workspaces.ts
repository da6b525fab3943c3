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
      .describe("When it was deleted. For 30 days after that it can be restored."),
  })
  .meta({ id: "Workspace" });

export const ownWorkspace = z
  .object({ ...workspace.shape, role: z.enum(roles).describe("The caller's role in it.") })
  .meta({ id: "OwnWorkspace" });

export const workspaces = {
  create: mutation({
    access: "session",
    cost: costs.recorded,
    records: "workspace.created",
    summary: "Makes a workspace, with the caller as its admin.",
    input: z.strictObject({ name }),
    output: ownWorkspace,
  }),
  list: query({
    access: "session",
    cost: costs.list,
    summary: "The workspaces that the caller is a member of, newest first.",
    input: z
      .strictObject({
        ...pageInput,
        deleted: z
          .boolean()
          .default(false)
          .describe("Instead those that were deleted and that the caller may restore."),
      })
      .default({ limit: 20, deleted: false }),
    output: page(ownWorkspace),
    errors: ["cursor.invalid"],
  }),
  get: query({
    access: "workspace:read",
    cost: costs.read,
    summary: "The workspace of the request.",
    input: noInput,
    output: ownWorkspace,
  }),
  switch: mutation({
    access: "session",
    cost: costs.write,
    records: { nothing: "it changes what the caller looks at, and nothing that others see" },
    summary: "Makes a workspace the session's current one: calls that name none mean this one.",
    input: z.strictObject({ workspaceId: id }),
    output: ownWorkspace,
    errors: ["workspace.not_found"],
  }),
  rename: mutation({
    access: "workspace:manage",
    cost: costs.recorded,
    records: "workspace.renamed",
    summary: "Gives the workspace of the request another name.",
    input: z.strictObject({ name }),
    output: ownWorkspace,
  }),
  leave: mutation({
    access: "session",
    cost: costs.recorded,
    records: "member.left",
    summary: "Ends the caller's own membership. The invites that they sent and that wait end with it.",
    input: z.strictObject({ workspaceId: id }),
    output: z.object({ workspaceId: id }),
    errors: ["workspace.not_found", "member.last_admin"],
  }),
  delete: mutation({
    access: "workspace:delete",
    cost: costs.recorded,
    records: "workspace.deleted",
    summary:
      "Deletes the workspace of the request: nobody gets in any more. An admin can restore it for 30 days; then all of it but its audit log is purged.",
    input: z.strictObject({
      name: z.string().max(1000).describe("The workspace's name, typed out, to show that this one is meant."),
    }),
    output: ownWorkspace,
  }),
  restore: mutation({
    access: "session",
    cost: costs.recorded,
    records: "workspace.restored",
    summary: "Makes a deleted workspace as it was. Only its admins can, within 30 days.",
    input: z.strictObject({ workspaceId: id }),
    output: ownWorkspace,
    errors: ["workspace.not_found", "permission.denied"],
  }),
};
