import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { describedEnum } from "../fields/described-enum.ts";
import { inviteId, userId, workspaceId } from "../fields/ids.ts";
import { createdAt, expiresAt } from "../fields/times.ts";
import { sample } from "../sample.ts";
import { dateTime, email, page, pageInput, shownEmail, token } from "../schemas.ts";
import { mailDelivery, queuedMail } from "./mail-delivery.ts";
import { role } from "./members.ts";
import { ownWorkspace } from "./workspaces.ts";

export const inviteStatus = describedEnum(["pending", "accepted", "declined", "revoked", "expired"], {
  id: "InviteStatus",
  description: "The state of an invite.",
  values: {
    pending: "The invite can be accepted.",
    accepted: "The invited user has joined.",
    declined: "The invited user declined the invite.",
    revoked: "An admin revoked the invite, or its inviter may no longer invite.",
    expired: "The invite was not accepted in time. `invites.resend` makes it valid again.",
  },
});

const grantedRole = role.describe("The role that the invited user gets in the workspace.");

const inviteExpiresAt = expiresAt("invite").describe(
  "The time from which the invite is no longer valid, 72 hours after it was sent.",
);

export const invite = z
  .object({
    id: inviteId,
    email: shownEmail("The invited address."),
    role: grantedRole,
    status: inviteStatus.describe("Whether the invite can still be accepted."),
    invitedBy: userId.describe(
      "The id of the user who sent the invite, or who created the service key that sent it.",
    ),
    expiresAt: inviteExpiresAt,
    createdAt: createdAt("invite"),
    ...mailDelivery,
  })
  .meta({ id: "Invite", description: "An invitation of an email address to the workspace." });

const sentInvite = z
  .object({
    ...invite.shape,
    token: z
      .string()
      .describe(
        "The token of the inviter's link. It begins with `pji_`. Only this answer contains it. It does not verify the invited address; the token in the mail does.",
      ),
    link: z
      .string()
      .describe("The inviter's link to the application's page for the invite, with the token after the #."),
  })
  .meta({ id: "SentInvite", description: "An invite, with the token and link for the inviter to pass on." });

const ownInvite = z
  .object({
    id: inviteId,
    workspaceId,
    workspaceName: z.string().describe("The name of the workspace to which the caller is invited."),
    role: grantedRole,
    inviterEmail: shownEmail("The email address of the inviter."),
    expiresAt: inviteExpiresAt,
    createdAt: createdAt("invite"),
  })
  .meta({ id: "OwnInvite", description: "An invite to the caller." });

const preview = z
  .object({
    workspaceName: z.string().describe("The name of the workspace to which the token invites."),
    email: shownEmail("The invited address. To accept the invite, sign in with an account of this address."),
    role: grantedRole,
    inviterEmail: shownEmail("The email address of the inviter."),
    expiresAt: inviteExpiresAt,
  })
  .meta({ id: "InvitePreview", description: "What the holder of an invite's token may know about it." });

const inviteToken = token.describe("The token of the invite, from the mailed link or the inviter's link.");

const byToken = z.strictObject({ token: inviteToken });

const declinedInvite = z
  .object({
    id: inviteId,
    workspaceId,
    declinedAt: dateTime.describe("The time at which the invite was declined."),
  })
  .meta({ id: "DeclinedInvite", description: "The answer of `invites.decline`." });

const pending = {
  id: sample.inviteId,
  email: sample.otherEmail,
  role: "viewer",
  status: "pending",
  invitedBy: sample.userId,
  expiresAt: sample.expiresAt,
  createdAt: sample.createdAt,
} as const;
const noMail = { mailStatus: null, mailStatusAt: null, mailProblem: null } as const;
const links = {
  token: sample.inviteToken,
  link: "https://app.example.com/accept-invite#token=pji_...",
} as const;

export const invites = {
  create: mutation({
    access: "invite:manage",
    cost: costs.recorded,
    records: "invite.created",
    repetition: "replayed",
    summary: "Invites an email address to the workspace.",
    details:
      "The server mails a link to the address, valid for 72 hours. The answer has a second link for the inviter to pass on; unlike the mailed link, it does not verify the address. The caller's own address must be verified, and `role` must not be above the role of the caller. A mailbox gets at most 8 invites a day, from all workspaces together.",
    input: z.strictObject({
      email: email.describe("The address to invite. It need not have an account yet."),
      role: role.default("member").describe("The role that the invited user gets."),
    }),
    output: sentInvite,
    example: {
      input: { email: sample.otherEmail, role: "viewer" },
      output: { ...pending, id: sample.newInviteId, ...queuedMail(sample.createdAt), ...links },
    },
    errors: ["auth.email_unverified", "invite.exists", "invite.already_member", "invite.too_many"],
  }),
  list: query({
    access: "invite:manage",
    cost: costs.list,
    summary: "Lists the invites of the workspace, newest first.",
    details: "It contains no tokens and no links. The mail fields tell what happened to each mail.",
    input: z
      .strictObject({
        ...pageInput,
        status: inviteStatus.optional().describe("Only invites in this state."),
      })
      .default({ limit: 20 }),
    output: page(invite),
    example: {
      input: { status: "pending" },
      output: { items: [{ ...pending, ...noMail }], nextCursor: null },
    },
    errors: ["cursor.invalid"],
  }),
  listMine: query({
    access: "session",
    cost: costs.list,
    summary: "Lists the pending invites for the verified address of the caller, newest first.",
    details:
      "It is empty while the caller's address is not verified. It contains no tokens: the mail and the inviter have them.",
    input: z.strictObject(pageInput).default({ limit: 20 }),
    output: page(ownInvite),
    example: {
      input: {},
      output: {
        items: [
          {
            id: sample.ownInviteId,
            workspaceId: sample.hostWorkspaceId,
            workspaceName: "Chess Club",
            role: "viewer",
            inviterEmail: sample.email,
            expiresAt: sample.expiresAt,
            createdAt: sample.createdAt,
          },
        ],
        nextCursor: null,
      },
    },
    errors: ["cursor.invalid"],
  }),
  resend: mutation({
    access: "invite:manage",
    cost: costs.recorded,
    records: "invite.resent",
    repetition: "replayed",
    summary: "Sends a pending or expired invite again.",
    details:
      "The server mails a new link, valid for 72 hours. Both earlier links stop working. The caller becomes the inviter. The answer has a new link for the inviter.",
    input: z.strictObject({ id: inviteId }),
    output: sentInvite,
    example: {
      input: { id: sample.inviteId },
      output: { ...pending, ...queuedMail(sample.changedAt), ...links },
    },
    errors: ["auth.email_unverified", "invite.not_found", "invite.already_member", "invite.too_many"],
  }),
  revoke: mutation({
    access: "invite:manage",
    cost: costs.recorded,
    records: "invite.revoked",
    repetition: "replayed",
    summary: "Revokes a pending invite.",
    details:
      "Both links stop working at once. If its mail still waits, it is not sent. The invited person is not told.",
    input: z.strictObject({ id: inviteId }),
    output: invite.describe("The invite after the change. `status` is `revoked`."),
    example: {
      input: { id: sample.inviteId },
      output: { ...pending, status: "revoked", ...noMail },
    },
    errors: ["invite.not_found"],
  }),
  preview: mutation({
    access: "public",
    cost: costs.read,
    records: { nothing: "it changes nothing: it is a mutation so that the token stays out of URLs" },
    repetition: { again: "it changes nothing" },
    summary: "Returns the details of an invite by its token.",
    details:
      "It changes nothing and can be called before the user signs in. It is a mutation because URLs, unlike bodies, are logged.",
    input: byToken,
    output: preview,
    example: {
      input: { token: sample.inviteToken },
      output: {
        workspaceName: "Chess Club",
        email: sample.otherEmail,
        role: "viewer",
        inviterEmail: sample.email,
        expiresAt: sample.expiresAt,
      },
    },
    errors: ["invite.invalid"],
  }),
  accept: mutation({
    access: "session",
    cost: costs.recorded,
    records: "invite.accepted",
    repetition: "replayed",
    summary: "Makes the caller a member of the workspace that the invite names.",
    details:
      "The address of the caller must be the invited one, and verified; the token of the mail verifies it. The invite is then used up. An existing member keeps the same role. The session's current workspace stays the same.",
    input: byToken,
    output: ownWorkspace.describe("The workspace that the caller joined."),
    example: {
      input: { token: sample.inviteToken },
      output: {
        id: sample.hostWorkspaceId,
        name: "Chess Club",
        createdBy: sample.clubOwnerId,
        createdAt: sample.createdAt,
        deletedAt: null,
        role: "viewer",
      },
    },
    errors: ["invite.invalid", "member.too_many"],
  }),
  decline: mutation({
    access: "session",
    cost: costs.recorded,
    records: "invite.declined",
    repetition: "replayed",
    summary: "Declines an invite to the caller.",
    details:
      "Name the invite by `id`, by `token`, or by both if they belong to the same invite. A call with neither is answered like one for an unknown invite. Its address must be the verified address of the caller; the token of the mail works for an unverified address too, and does not verify it. Both links stop working at once. If its mail still waits, it is not sent. The workspace sees the status `declined`, and its audit log records the caller, as for every entry with IP address and user agent. Nobody gets a mail. Declining again returns the same answer. The workspace can invite the address again.",
    input: z
      .strictObject({
        id: inviteId
          .describe(
            "The id of an invite to the verified address of the caller. `invites.listMine` returns it.",
          )
          .optional(),
        token: inviteToken.optional(),
      })
      .default({}),
    output: declinedInvite,
    example: {
      input: { id: sample.ownInviteId },
      output: {
        id: sample.ownInviteId,
        workspaceId: sample.hostWorkspaceId,
        declinedAt: sample.changedAt,
      },
    },
    errors: ["invite.invalid"],
  }),
};
