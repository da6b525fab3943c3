// Finds invites without entering their workspace: by a token, or by the invited user.
import type { Role } from "@projostack/authz";
import type { ListPage } from "../scope/statements.ts";
import type { RunStatement } from "../scope/run-statement.ts";

/** An invite that can be accepted now. */
export interface OpenInvite {
  readonly id: string;
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly email: string;
  readonly role: Role;
  readonly inviterEmail: string;
  /** Whether the token is from the mailed link, which proves that its holder reads the mailbox. */
  readonly mailed: boolean;
  readonly expiresAt: Date;
}

export interface PersonInvite extends Omit<OpenInvite, "email" | "mailed"> {
  readonly createdAt: Date;
}

/** Names an invite by its id, by a token, or by both. The address must be verified, unless the token is the mailed one. */
export interface NamedInvite {
  readonly id: string | undefined;
  /** SHA-256 of the token. */
  readonly tokenHash: Uint8Array | null;
}

export type AddressedInvite = Pick<OpenInvite, "id" | "workspaceId">;

export interface InviteLookup {
  /** @param tokenHash SHA-256 of the token */
  find(tokenHash: Uint8Array): Promise<OpenInvite | null>;
  /** Finds an invite to the user's address that is pending or that the user has declined. */
  findAddressed(userId: string, named: NamedInvite): Promise<AddressedInvite | null>;
  /** Lists the pending invites for the user's verified address, newest first. */
  listOf(userId: string, page: ListPage): Promise<PersonInvite[]>;
}

export const inviteLookup = (run: RunStatement): InviteLookup => ({
  find: async (tokenHash) => (await run<OpenInvite>("invite_find", FIND, [tokenHash])).rows[0] ?? null,
  findAddressed: async (userId, { id = null, tokenHash }) =>
    (await run<AddressedInvite>("invite_addressed", ADDRESSED, [userId, id, tokenHash])).rows[0] ?? null,
  listOf: async (userId, { after = null, limit }) =>
    (await run<PersonInvite>("invites_of_person", OF_PERSON, [userId, after, limit])).rows,
});

const COLUMNS = `id, workspace_id AS "workspaceId", workspace_name AS "workspaceName", role, inviter_email AS "inviterEmail",
  expires_at AS "expiresAt"`;
const FIND = `SELECT ${COLUMNS}, email, mailed FROM projo_invite($1::bytea)`;
const ADDRESSED = `SELECT id, workspace_id AS "workspaceId" FROM projo_addressed_invite($1::uuid, $2::uuid, $3::bytea)`;
const OF_PERSON = `SELECT ${COLUMNS}, created_at AS "createdAt" FROM projo_person_invites($1::uuid, $2::uuid, $3::integer)`;
