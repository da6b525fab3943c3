import { roles } from "@projostack/authz";
import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { describedEnum } from "../fields/described-enum.ts";
import { keyId, userId } from "../fields/ids.ts";
import { sample } from "../sample.ts";
import { count, dateTime, page, pageInput, search, shownEmail } from "../schemas.ts";

export const role = describedEnum(roles, {
  id: "Role",
  description: "A role in a workspace. Each role includes the permissions of the roles before it.",
  values: {
    viewer: "Reads the workspace, its members, projects and tasks.",
    member: "Also creates and changes projects, and creates, changes and deletes tasks.",
    admin:
      "Also deletes projects, manages members, invites, service keys and the workspace, and reads the audit log.",
  },
});

const memberId = userId.describe("The user id of a member of the workspace. `members.list` returns it.");

export const member = z
  .object({
    userId: memberId,
    email: shownEmail("The email address of the member's account."),
    role: role.describe("The role of the member in this workspace."),
    joinedAt: dateTime.describe(
      "The time at which the user joined: by accepting an invite, or by creating the workspace.",
    ),
  })
  .meta({ id: "Member", description: "A user who belongs to the workspace." });

const grace = {
  userId: sample.memberId,
  email: sample.otherEmail,
  role: "member",
  joinedAt: sample.changedAt,
} as const;

export const members = {
  get: query({
    access: "member:read",
    cost: costs.read,
    summary: "Returns a member of the workspace.",
    details: "A user who is not a member, or has left, is not found.",
    input: z.strictObject({ userId: memberId }),
    output: member,
    example: { input: { userId: sample.memberId }, output: grace },
    errors: ["member.not_found"],
  }),
  list: query({
    access: "member:read",
    cost: { ...costs.list, given: { search: 20 } },
    summary: "Lists the members of the workspace, newest first.",
    details:
      "With `search` it returns only members whose email address contains the text. Service keys are not members: `serviceKeys.list` returns them. Invites are in `invites.list`.",
    input: z
      .strictObject({
        ...pageInput,
        role: role.optional().describe("Only members with exactly this role."),
        search: search
          .optional()
          .describe(
            "The text to find: any part of the email address. Case and full-width forms do not matter.",
          ),
      })
      .default({ limit: 20 }),
    output: page(member),
    example: {
      input: { role: "member" },
      output: { items: [grace], nextCursor: null },
    },
    errors: ["cursor.invalid"],
  }),
  changeRole: mutation({
    access: "member:manage",
    cost: costs.recorded,
    records: "member.role_changed",
    repetition: "replayed",
    summary: "Changes the role of a member.",
    details:
      "The change applies from the member's next call, on every device. Taking the role admin away revokes the pending invites that the member sent. The member gets a mail, unless the member is the caller. The last admin keeps the role.",
    input: z.strictObject({ userId: memberId, role: role.describe("The new role of the member.") }),
    output: member.describe("The member after the change."),
    example: {
      input: { userId: sample.memberId, role: "viewer" },
      output: { ...grace, role: "viewer" },
    },
    errors: ["member.not_found", "member.last_admin"],
  }),
  remove: mutation({
    access: "member:manage",
    cost: costs.recorded,
    records: "member.removed",
    repetition: "replayed",
    summary: "Removes a member from the workspace.",
    details:
      "From the member's next call on, the workspace is closed to the member. The pending invites that the member sent are revoked. The member gets a mail. Service keys that the member created keep working and are returned in `keysLeft`. The account of the user and the tasks that the member created stay.",
    input: z.strictObject({ userId: memberId }),
    output: z
      .object({
        userId: userId.describe("The id of the removed user."),
        endedInvites: count.describe("The number of pending invites of the member that were revoked."),
        keysLeft: z
          .array(
            z
              .object({
                id: keyId,
                name: z.string().describe("The name of the service key."),
              })
              .describe("An active service key."),
          )
          .describe(
            "The active service keys that the member created. The member may know their tokens: revoke the keys, or rotate them with `overlapHours: 0`.",
          ),
      })
      .meta({ id: "RemovedMember", description: "The answer of `members.remove`." }),
    example: {
      input: { userId: sample.memberId },
      output: { userId: sample.memberId, endedInvites: 0, keysLeft: [] },
    },
    errors: ["member.not_found", "member.last_admin"],
  }),
};
