import { roles } from "@projostack/authz";
import { z } from "zod";
import { mutation, query } from "./define.ts";
import { dateTime, id, name, noInput, page, pageInput } from "./schemas.ts";

export const workspace = z
  .object({ id, name: z.string(), createdBy: id, createdAt: dateTime })
  .meta({ id: "Workspace" });

export const ownWorkspace = z
  .object({ ...workspace.shape, role: z.enum(roles).describe("The caller's role in it.") })
  .meta({ id: "OwnWorkspace" });

export const workspaces = {
  create: mutation({
    access: "session",
    summary: "Makes a workspace, with the caller as its admin.",
    input: z.strictObject({ name }),
    output: ownWorkspace,
  }),
  list: query({
    access: "session",
    summary: "The workspaces that the caller is a member of, newest first.",
    input: z.strictObject(pageInput).default({ limit: 20 }),
    output: page(ownWorkspace),
    errors: ["cursor.invalid"],
  }),
  get: query({
    access: "workspace:read",
    summary: "The workspace of the request.",
    input: noInput,
    output: ownWorkspace,
  }),
  switch: mutation({
    access: "session",
    summary: "Makes a workspace the session's current one: calls that name none mean this one.",
    input: z.strictObject({ workspaceId: id }),
    output: ownWorkspace,
    errors: ["workspace.not_found"],
  }),
};
