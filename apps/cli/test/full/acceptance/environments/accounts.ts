// Three accounts on two servers, in one home directory.
import { readFile, writeFile } from "node:fs/promises";
import { expiredAccessToken, type TestServer } from "@projostack/api/testing";
import { accountsOf, type Credentials, withAccount } from "../../../../src/credentials/credentials.ts";
import { expectDone, openShell, PASSWORD, type Shell } from "../../../kit.ts";
import { credentialsPath } from "../../../stored-tokens.ts";

export interface StoredAccount {
  readonly email: string;
  readonly server: TestServer;
  /** The options that choose it. */
  readonly options: string;
}

/** Opens a home directory with three accounts. Each has a workspace and a project that has the name of the account. */
export async function openAccounts(
  servers: readonly [TestServer, TestServer],
): Promise<{ shell: Shell; accounts: readonly [StoredAccount, StoredAccount, StoredAccount] }> {
  const [first, second] = servers;
  const shell = await openShell("");
  const open = async (email: string, server: TestServer): Promise<StoredAccount> => {
    const env = { PROJO_URL: server.url };
    const run = (argv: string[], stdin = "") => expectDone(shell.projo(argv, { env, stdin }));
    await run(["signup", email, "--password-stdin"], PASSWORD);
    await run(["workspaces", "create", `Of ${email}`]);
    await run(["projects", "create", nameOf({ email, server })]);
    return { email, server, options: `--url ${server.url} --account ${email}` };
  };
  const accounts = [
    await open("ann@example.com", first),
    await open("bob@example.com", first),
    await open("ann@example.com", second),
  ] as const;
  return { shell, accounts };
}

/** The name of the account's project. */
export const nameOf = ({ email, server }: Pick<StoredAccount, "email" | "server">): string =>
  `${email} on ${new URL(server.url).port}`;

export const readCredentials = async (home: string): Promise<Credentials> =>
  JSON.parse(await readFile(credentialsPath(home), "utf8")) as Credentials;

/** The stored session of the account. @throws Error when there is none */
export async function sessionOf(home: string, { email, server: { url } }: StoredAccount) {
  const account = accountsOf(await readCredentials(home), url).find((one) => one.email === email);
  if (!account?.session?.sessionId) throw new Error(`There is no session of ${email}.`);
  return { account, session: account.session, id: account.session.sessionId };
}

/** Replaces the account's access token with a genuine one that has expired. */
export async function expireToken(home: string, stored: StoredAccount): Promise<void> {
  const { email, server } = stored;
  const { account, session, id } = await sessionOf(home, stored);
  const expired = { ...account, session: { ...session, accessToken: await expiredAccessToken(server, id) } };
  const changed = withAccount(await readCredentials(home), { url: server.url, email }, expired);
  await writeFile(credentialsPath(home), JSON.stringify(changed), { mode: 0o600 });
}
