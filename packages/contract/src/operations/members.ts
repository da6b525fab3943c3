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
    summary: "The members of the workspace, newest first.",
    input: z.strictObject({ ...pageInput, role: role.optional() }).default({ limit: 20 }),
    output: page(member),
    errors: ["cursor.invalid"],
  }),
  changeRole: mutation({
    access: "member:manage",
    cost: costs.recorded,
    records: "member.role_changed",
    summary:
      "Gives a member another role, which acts on their next request. Whoever is no admin any more has no invites pending either.",
    input: z.strictObject({ userId: id, role }),
    output: member,
    errors: ["member.not_found", "member.last_admin"],
  }),
  remove: mutation({
    access: "member:manage",
    cost: costs.recorded,
    records: "member.removed",
    summary:
      "Ends a membership, which acts on the next request. The invites they sent and that wait end with it; the service keys they made stay, and are named.",
    input: z.strictObject({ userId: id }),
    output: z
      .object({
        userId: id,
        keysLeft: z
          .array(z.object({ id, name: z.string() }))
          .describe("The service keys that they made and that still work."),
      })
      .meta({ id: "RemovedMember" }),
    errors: ["member.not_found", "member.last_admin"],
  }),
};
