import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
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
    invitedBy: id.describe("The person, or the one who made the service key that invited."),
    expiresAt: dateTime,
    createdAt: dateTime,
  })
  .meta({ id: "Invite" });

const sentInvite = z
  .object({
    ...invite.shape,
    token: z.string().describe("Accepts the invite. Shown this once."),
    link: z.string().describe("The application's page for it, with the token."),
  })
  .meta({ id: "SentInvite" });

const byToken = z.strictObject({ token });

export const invites = {
  create: mutation({
    access: "invite:manage",
    cost: costs.recorded,
    records: "invite.created",
    summary:
      "Invites an address to the workspace for 72 hours, by mail. The link is also returned, to be handed over; whoever uses that one must have verified the address otherwise.",
    input: z.strictObject({ email, role: role.default("member") }),
    output: sentInvite,
    errors: ["auth.email_unverified", "invite.exists", "invite.already_member", "invite.too_many"],
  }),
  list: query({
    access: "invite:manage",
    cost: costs.list,
    summary: "The invites of the workspace, newest first.",
    input: z.strictObject({ ...pageInput, status: inviteStatus.optional() }).default({ limit: 20 }),
    output: page(invite),
    errors: ["cursor.invalid"],
  }),
  listMine: query({
    access: "session",
    cost: costs.list,
    summary: "The invites that wait for the caller's verified address, newest first.",
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
      "Sends a pending or expired invite again, for another 72 hours. The tokens before it no longer work.",
    input: z.strictObject({ id }),
    output: sentInvite,
    errors: ["auth.email_unverified", "invite.not_found", "invite.already_member", "invite.too_many"],
  }),
  revoke: mutation({
    access: "invite:manage",
    cost: costs.recorded,
    records: "invite.revoked",
    summary: "Ends a pending invite.",
    input: z.strictObject({ id }),
    output: invite,
    errors: ["invite.not_found"],
  }),
  preview: mutation({
    access: "public",
    cost: costs.read,
    records: { nothing: "it changes nothing: it is a mutation so that the token stays out of addresses" },
    summary:
      "What a token invites to. Changes nothing; the token is sent in the body, since addresses end in logs.",
    input: byToken,
    output: z
      .object({
        workspaceName: z.string(),
        email: z.string().describe("The address that was invited: whoever accepts must sign in with it."),
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
      "Makes the caller a member. Their address must be the one invited, and verified; the token of the mail verifies it too. Whoever is a member already keeps their role.",
    input: byToken,
    output: ownWorkspace,
    errors: ["invite.invalid", "member.too_many"],
  }),
};
