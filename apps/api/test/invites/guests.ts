// Users to invite, and functions that create invites and return both tokens.
import type { Role } from "@projostack/authz";
import { mailedInviteToken } from "../../src/identity/tokens/invite-tokens.ts";
import { LONG_TEST_MS, ROUNDS } from "@projostack/db/testing";
import { arrive, type Answer, type Person, type TestServer } from "../kit/index.ts";

export { ROUNDS };

/** The timeout for all rounds, in milliseconds. */
export const ROUNDS_TIMEOUT_MS = LONG_TEST_MS + ROUNDS * 3_000;

export const TWENTY = Array.from({ length: 20 }, (_, index) => index);

/** Signs up a user with a verified address. */
export const guest = (server: TestServer, name: string): Promise<Person> => arrive(server, name);

export interface SentInvite {
  readonly id: string;
  /** The token of the inviter's link. */
  readonly token: string;
  readonly link: string;
  /** The token of the mailed link. */
  readonly mailed: string;
}

/** Creates an invite and returns both of its tokens. @throws Error if the call fails */
export async function invite(
  server: TestServer,
  inviter: Pick<Person, "call">,
  { workspaceId, email, role = "member" }: { workspaceId: string; email: string; role?: Role },
): Promise<SentInvite> {
  const answer = await inviter.call("invites.create", { email, role }, workspaceId);
  return sentInvite(server, answer);
}

/** Returns both tokens of the invite in a response. @throws Error if the call failed */
export async function sentInvite(server: TestServer, { status, data, text }: Answer): Promise<SentInvite> {
  if (status !== 200) throw new Error(`The invite was not sent: ${text}`);
  const { id, token, link } = data as Omit<SentInvite, "mailed">;
  return { id, token, link, mailed: await mailedToken(server, id) };
}

/** Derives the token of the latest mail of an invite, as the server does. */
async function mailedToken({ database, keys }: TestServer, inviteId: string): Promise<string> {
  const [row] = await database.owner<{ kid: number; salt: Buffer }>(
    `SELECT token_kid AS kid, token_salt AS salt FROM mail_outbox WHERE invite_id = $1 ORDER BY id DESC LIMIT 1`,
    [inviteId],
  );
  const token = row && mailedInviteToken(keys, { ...row, inviteId });
  if (!token) throw new Error("The outbox contains no mail of this invite.");
  return token;
}

/** Returns the role of each member of the workspace by email address, from the database. */
export async function rolesIn(
  { database }: TestServer,
  workspaceId: string,
): Promise<Readonly<Record<string, Role>>> {
  const rows = await database.owner<{ email: string; role: Role }>(
    `SELECT u.email, m.role FROM workspace_members AS m JOIN users AS u ON u.id = m.user_id
      WHERE m.workspace_id = $1 ORDER BY u.email`,
    [workspaceId],
  );
  return Object.fromEntries(rows.map(({ email, role }) => [email, role]));
}

/** Returns the status of an invite in the admin's list, or undefined if the list does not contain it. */
export async function statusOf(admin: Person, workspaceId: string, id: string): Promise<string | undefined> {
  const { data } = await admin.call("invites.list", { limit: 100 }, workspaceId);
  const { items } = data as { items: readonly { id: string; status: string }[] };
  return items.find((item) => item.id === id)?.status;
}
