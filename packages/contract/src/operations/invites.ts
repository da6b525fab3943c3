import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { mailDelivery } from "./mail-delivery.ts";
import { role } from "./members.ts";
import { dateTime, email, id, page, pageInput, token } from "../schemas.ts";
import { ownWorkspace } from "./workspaces.ts";

export const inviteStatus = z
  .enum(["pending", "accepted", "revoked", "expired"])
  .meta({ id: "InviteStatus" });

export const invite = z
  .object({
    id,
    email: z.string(),
    role,
    status: inviteStatus,
    invitedBy: id.describe("The user who sent the invite, or the creator of the service key that sent it."),
    expiresAt: dateTime,
    createdAt: dateTime,
    ...mailDelivery,
  })
  .meta({ id: "Invite" });

const sentInvite = z
  .object({
    ...invite.shape,
    token: z.string().describe("The token that accepts the invite. Returned only by this call."),
    link: z.string().describe("The address of the application's page for the invite, including the token."),
  })
  .meta({ id: "SentInvite" });

const byToken = z.strictObject({ token });

export const invites = {
  create: mutation({
    access: "invite:manage",
    cost: costs.recorded,
    records: "invite.created",
    summary:
      "Mails an invite to the workspace, valid for 72 hours. The response contains a second link for the inviter to pass on. Unlike the mailed link, it does not verify the address.",
    input: z.strictObject({ email, role: role.default("member") }),
    output: sentInvite,
    errors: ["auth.email_unverified", "invite.exists", "invite.already_member", "invite.too_many"],
  }),
  list: query({
    access: "invite:manage",
    cost: costs.list,
    summary: "Lists the invites of the workspace, newest first.",
    input: z.strictObject({ ...pageInput, status: inviteStatus.optional() }).default({ limit: 20 }),
    output: page(invite),
    errors: ["cursor.invalid"],
  }),
  listMine: query({
    access: "session",
    cost: costs.list,
    summary: "Lists the pending invites for the caller's verified address, newest first.",
    input: z.strictObject(pageInput).default({ limit: 20 }),
    output: page(
      z
        .object({
          id,
          workspaceId: id,
          workspaceName: z.string(),
          role,
          inviterEmail: z.string(),
          expiresAt: dateTime,
          createdAt: dateTime,
        })
        .meta({ id: "OwnInvite" }),
    ),
    errors: ["cursor.invalid"],
  }),
  resend: mutation({
    access: "invite:manage",
    cost: costs.recorded,
    records: "invite.resent",
    summary:
      "Sends a pending or expired invite again, valid for another 72 hours. Its earlier tokens stop working.",
    input: z.strictObject({ id }),
    output: sentInvite,
    errors: ["auth.email_unverified", "invite.not_found", "invite.already_member", "invite.too_many"],
  }),
  revoke: mutation({
    access: "invite:manage",
    cost: costs.recorded,
    records: "invite.revoked",
    summary: "Revokes a pending invite.",
    input: z.strictObject({ id }),
    output: invite,
    errors: ["invite.not_found"],
  }),
  preview: mutation({
    access: "public",
    cost: costs.read,
    records: { nothing: "it changes nothing: it is a mutation so that the token stays out of URLs" },
    summary:
      "Returns the details of an invite by its token. Changes nothing; it is a mutation because URLs, unlike bodies, are logged.",
    input: byToken,
    output: z
      .object({
        workspaceName: z.string(),
        email: z.string().describe("The invited address. To accept, sign in with it."),
        role,
        inviterEmail: z.string(),
        expiresAt: dateTime,
      })
      .meta({ id: "InvitePreview" }),
    errors: ["invite.invalid"],
  }),
  accept: mutation({
    access: "session",
    cost: costs.recorded,
    records: "invite.accepted",
    summary:
      "Makes the caller a member of the workspace. The caller's address must be the invited one, and verified; a mailed token verifies it. An existing member keeps the same role.",
    input: byToken,
    output: ownWorkspace,
    errors: ["invite.invalid", "member.too_many"],
  }),
};
