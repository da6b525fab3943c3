import { roles } from "@projostack/authz";
import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { dateTime, id, page, pageInput } from "../schemas.ts";

export const role = z.enum(roles).meta({ id: "Role" });

export const member = z
  .object({ userId: id, email: z.string(), role, joinedAt: dateTime })
  .meta({ id: "Member" });

export const members = {
  list: query({
    access: "member:read",
    cost: costs.list,
    summary: "Lists the members of the workspace, newest first.",
    input: z.strictObject({ ...pageInput, role: role.optional() }).default({ limit: 20 }),
    output: page(member),
    errors: ["cursor.invalid"],
  }),
  changeRole: mutation({
    access: "member:manage",
    cost: costs.recorded,
    records: "member.role_changed",
    summary:
      "Changes the role of a member. The change applies to the member's next request. Demoting an admin revokes the pending invites that the admin sent.",
    input: z.strictObject({ userId: id, role }),
    output: member,
    errors: ["member.not_found", "member.last_admin"],
  }),
  remove: mutation({
    access: "member:manage",
    cost: costs.recorded,
    records: "member.removed",
    summary:
      "Removes a member from the workspace. The removal applies to the member's next request, and revokes the pending invites that the member sent. Service keys that the member created keep working and are returned.",
    input: z.strictObject({ userId: id }),
    output: z
      .object({
        userId: id,
        keysLeft: z
          .array(z.object({ id, name: z.string() }))
          .describe("The active service keys that the member created."),
      })
      .meta({ id: "RemovedMember" }),
    errors: ["member.not_found", "member.last_admin"],
  }),
};
