// People who are invited, and both tokens of their invites.
import type { Role } from "@projostack/authz";
import { mailedInviteToken } from "../../src/identity/tokens/invite-tokens.ts";
import { ROUNDS } from "@projostack/db/testing";
import { arrive, type Answer, type Person, type TestServer } from "../kit/index.ts";

export { ROUNDS };

/** For a test of that many rounds. */
export const ROUNDS_MS = 30_000 + ROUNDS * 3_000;

export const TWENTY = Array.from({ length: 20 }, (_, index) => index);

/** Somebody with an account, whose address is verified. */
export const guest = (server: TestServer, name: string): Promise<Person> => arrive(server, name);

export interface SentInvite {
  readonly id: string;
  /** As the inviter is shown it. */
  readonly token: string;
  readonly link: string;
  readonly mailed: string;
}

/** Invites, and looks up what the mail brings. */
export async function invite(
  server: TestServer,
  inviter: Pick<Person, "call">,
  { workspaceId, email, role = "member" }: { workspaceId: string; email: string; role?: Role },
): Promise<SentInvite> {
  const answer = await inviter.call("invites.create", { email, role }, workspaceId);
  return sentInvite(server, answer);
}

export async function sentInvite(server: TestServer, { status, data, text }: Answer): Promise<SentInvite> {
  if (status !== 200) throw new Error(`It was not sent: ${text}`);
  const { id, token, link } = data as Omit<SentInvite, "mailed">;
  return { id, token, link, mailed: await mailedToken(server, id) };
}

/** The token that the latest mail of an invite brings, made as the server makes it. */
async function mailedToken({ database, keys }: TestServer, inviteId: string): Promise<string> {
  const [row] = await database.owner<{ kid: number; salt: Buffer }>(
    `SELECT token_kid AS kid, token_salt AS salt FROM mail_outbox WHERE invite_id = $1 ORDER BY id DESC LIMIT 1`,
    [inviteId],
  );
  const token = row && mailedInviteToken(keys, { ...row, inviteId });
  if (!token) throw new Error("No mail of this invite waits, or was sent.");
  return token;
}

/** Who is in the workspace, by the database. */
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

/** Where an invite stands, as an admin sees it. */
export async function statusOf(admin: Person, workspaceId: string, id: string): Promise<string | undefined> {
  const { data } = await admin.call("invites.list", { limit: 100 }, workspaceId);
  const { items } = data as { items: readonly { id: string; status: string }[] };
  return items.find((item) => item.id === id)?.status;
}
