import { randomUUID } from "node:crypto";
import { workspaceRows, type Row } from "@projostack/db/testing";
import { newInviteTokens, type NewInviteTokens } from "../../src/identity/tokens/invite-tokens.ts";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { defineFixture, type EndContext } from "./fixture.ts";
import { inOneDay, type Scene } from "./scene.ts";

declare module "./scene.ts" {
  interface Scene {
    /** A pending invite to an address that no account has. */
    readonly inviteId: string;
    /** An invite to the verified address of the caller, into a workspace of another user. */
    readonly ownInviteId: string;
    /** The token of that invite. */
    readonly inviteToken: string;
  }
}

export const fixture = defineFixture("invites", {
  operations: {
    accept: {
      input: ({ inviteToken }) => ({ token: inviteToken }),
      fields: { token: "invite token" },
      tokens: { accepts: ["invite token"], otherwise: "404 invite.invalid" },
    },
    create: {
      input: () => ({ email: `${randomUUID()}@example.com`, role: "viewer" }),
    },
    decline: {
      input: ({ ownInviteId }) => ({ id: ownInviteId }),
      fields: { id: "own invite", token: "invite token" },
      tokens: { accepts: ["invite token"], otherwise: "404 invite.invalid" },
    },
    list: { input: () => ({}), filter: { status: "pending" } },
    listMine: { input: () => ({}) },
    preview: {
      input: ({ inviteToken }) => ({ token: inviteToken }),
      fields: { token: "value" },
      tokens: { accepts: ["invite token"], otherwise: "404 invite.invalid" },
    },
    resend: { input: ({ inviteId }) => ({ id: inviteId }) },
    revoke: { input: ({ inviteId }) => ({ id: inviteId }), measured: true },
  },
  fields: { id: "invite" },
  things: {
    invite: { of: ({ scene }) => scene.inviteId, end: ({ endBy }) => endBy("invites.revoke"), isRow: true },
    "own invite": {
      of: ({ scene }) => scene.ownInviteId,
      end: async (context) => (await acceptedInvite(context)).ownInviteId,
    },
    "invite token": {
      of: ({ scene }) => scene.inviteToken,
      end: async (context) => (await acceptedInvite(context)).inviteToken,
    },
  },
  plant: ({ server, admin, caller, workspaceId, newId }) => {
    const [inviteId, hostId, otherWorkspaceId, otherInviteId] = [newId(), newId(), newId(), newId()];
    const pending = newInviteTokens(server.keys, systemRandomness, inviteId);
    const toCaller = newInviteTokens(server.keys, systemRandomness, otherInviteId);
    return {
      scene: { inviteId, ownInviteId: otherInviteId, inviteToken: toCaller.token },
      rows: () => [
        { table: "users", values: { id: hostId, email: `${hostId}@example.com`, password_hash: "none" } },
        ...workspaceRows({ id: otherWorkspaceId, name: "Chess Club", userId: hostId }),
        inviteRow(pending, {
          id: inviteId,
          workspaceId,
          email: `${inviteId}@example.com`,
          invitedBy: admin.id,
        }),
        inviteRow(toCaller, {
          id: otherInviteId,
          workspaceId: otherWorkspaceId,
          email: caller.email,
          invitedBy: hostId,
        }),
      ],
    };
  },
  tidy: ["DELETE FROM invites WHERE workspace_id = $1"],
});

/** A scene whose invite Ada has accepted. */
async function acceptedInvite({ ada, newScene }: EndContext): Promise<Scene> {
  const scene = await newScene();
  const answer = await ada.call("invites.accept", { token: scene.inviteToken });
  if (answer.status !== 200) throw new Error(`The invite was not accepted: ${answer.text}`);
  return scene;
}

interface Invited {
  readonly id: string;
  readonly workspaceId: string;
  readonly email: string;
  readonly invitedBy: string;
}

const inviteRow = (
  { tokenHash, mailedTokenHash }: NewInviteTokens,
  { id, workspaceId, email, invitedBy }: Invited,
): Row => ({
  table: "invites",
  values: {
    id,
    workspace_id: workspaceId,
    email,
    role: "viewer",
    token_hash: tokenHash,
    mailed_token_hash: mailedTokenHash,
    invited_by: invitedBy,
    expires_at: inOneDay(),
  },
});
