// What follows the answer of the server to a sign-in or a sign-up.
import type { SignedIn } from "@projostack/sdk";
import { CliError } from "../cli-error.ts";
import type { Cli } from "../cli.ts";
import type { Server } from "../connection/server.ts";
import type { Account } from "../credentials/credentials.ts";
import { canonicalAddress } from "../names/canonical-address.ts";
import { sourceOf } from "../settings/value-source.ts";

interface NewSession {
  signedIn: SignedIn;
  /** The next step of the user. A command that continues names none. */
  next: "select a workspace" | "create a workspace" | "continue";
}

/** Stores the session, and prints the account and the next command. */
export async function storeSignIn(cli: Cli, server: Server, { signedIn, next }: NewSession): Promise<void> {
  const { url } = server;
  const { user, accessToken } = signedIn;
  const { account, others } = await store(server, signedIn);
  warnIfHidden(cli, user.email);
  const client = server.as(accessToken);
  const first = account.workspace || next !== "select a workspace" ? undefined : await firstWorkspace(client);
  const workspace = account.workspace ?? first?.only;
  if (first?.only) {
    const { only } = first;
    await server.storeAccount(user.email, (stored = account) => ({ ...stored, workspace: only }));
  }
  if (cli.json) {
    cli.value({ url, user, workspace: workspace ?? null });
    return;
  }
  cli.message(`Signed in to ${url} as ${user.email}.`);
  const [other, ...more] = others;
  if (other !== undefined) {
    const names = more.length === 0 ? other : `${other} and ${more.length} more`;
    cli.message(
      `You stay signed in there as ${names}. To change the account, run: projo auth switch ${other}`,
    );
  }
  if (workspace) cli.message(`Workspace: ${workspace.name}`);
  else if (next === "create a workspace" || first?.isNone) cli.message("Next: projo workspaces create NAME");
  else if (next !== "continue") cli.message("Next: projo workspaces use NAME (see: projo workspaces list)");
}

/** A variable can make the next command act as somebody else. */
function warnIfHidden({ io, message }: Cli, email: string): void {
  const named = io.env["PROJO_ACCOUNT"];
  const isOther = named !== undefined && named !== "" && canonicalAddress(named) !== email;
  for (const variable of [
    ...(io.env["PROJO_TOKEN"] ? ["PROJO_TOKEN"] : []),
    ...(isOther ? ["PROJO_ACCOUNT"] : []),
  ])
    message(`${sourceOf(io, variable)} is set and takes precedence over this sign-in.`);
}

/** @throws CliError when the session cannot be stored. Then it is ended, because nobody could use or end it later. */
async function store(server: Server, { user, session, ...tokens }: SignedIn) {
  const { accessToken, accessTokenExpiresAt, refreshToken } = tokens;
  const idleMs = Date.parse(session.expiresAt) - Date.parse(session.createdAt);
  const account: Account = {
    email: user.email,
    session: { accessToken, accessTokenExpiresAt, refreshToken, sessionId: session.id },
    sessionIdleSeconds: Math.round(idleMs / 1000),
  };
  try {
    let stored = account;
    // The same user keeps the selected workspace.
    const others = await server.storeAccount(user.email, (before) => (stored = { ...before, ...account }));
    return { account: stored, others };
  } catch (error) {
    throw await withoutSession(error, server, accessToken);
  }
}

/** @returns the error to throw */
async function withoutSession(error: unknown, server: Server, accessToken: string): Promise<unknown> {
  if (!(error instanceof CliError)) return error;
  const end = await server
    .as(accessToken)
    .auth.signOut()
    .then(
      () => "The sign-in was undone.",
      () => "The session remains on the server; after the next sign-in, end it: projo sessions list",
    );
  return new CliError(error.reason, `${error.message} ${end}`, { exitCode: error.exitCode, cause: error });
}

/** Whether the user is a member of one workspace, of none, or of several. Undefined without an answer: the user is signed in anyway. */
async function firstWorkspace({ workspaces }: ReturnType<Server["as"]>) {
  const { data } = await workspaces.list({ limit: 2 }).result();
  if (!data) return undefined;
  const [first, second] = data.items;
  return { isNone: !first, only: first && !second ? { id: first.id, name: first.name } : undefined };
}
