import { isProjoError } from "@projostack/sdk";
import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { noSession } from "../../connection/server.ts";
import { credentialsFile } from "../../credentials/credentials-file.ts";
import { chooseAccount } from "../../credentials/choose-account.ts";
import { type StoredAccount, storedAccounts } from "../../credentials/stored-accounts.ts";
import { examples } from "../../examples.ts";
import { explain } from "../../explain.ts";
import { markColumn } from "../../output/columns.ts";
import { addListFormat } from "../../output/output-options.ts";

/** Whether the server accepts the session. `unknown` when the server gave no answer. */
type SessionState = "valid" | "ended" | "unknown";

interface CheckedAccount extends StoredAccount {
  state: SessionState;
  /** Why the state is unknown. */
  problem: string | undefined;
}

export function addAuthStatus(auth: Command, start: Start): void {
  addListFormat(auth.command("status"))
    .description("List your accounts on all servers, and check their sessions. A * marks the account in use.")
    .addHelpText("after", examples(["projo auth status", "projo auth status --json"]))
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const credentials = await credentialsFile(cli.io, cli.message).read();
      const choice = chooseAccount(cli.io, command.optsWithGlobals(), credentials);
      const isUsed = ({ url, email }: StoredAccount) => url === choice.url && email === choice.account?.email;
      const accounts = await Promise.all(storedAccounts(credentials).map((account) => check(cli, account)));
      const isToken = Boolean(cli.io.env["PROJO_TOKEN"]);
      if (cli.json)
        cli.value({
          items: accounts.map((account) => describe(account, isUsed(account))),
          nextCursor: null,
          isToken,
        });
      else await print(cli, accounts, isUsed);
      if (isToken) {
        cli.message("PROJO_TOKEN is set and takes precedence over these accounts. See: projo status");
        return;
      }
      // The account that an option or a variable names is not stored.
      if (choice.email !== undefined && !choice.account) throw noSession(choice);
      failUnlessValid(accounts.find(isUsed), accounts);
    });
}

/** Sends the session to the server, which also refreshes it. */
async function check(cli: Cli, account: StoredAccount): Promise<CheckedAccount> {
  const { url, email, session } = account;
  if (!session) return { ...account, state: "ended", problem: undefined };
  const { client } = await cli.serverOf({ url, email });
  const { ok, error } = await client.auth.me(undefined, { timeoutMs: 10_000, maxRetries: 0 }).result();
  if (ok) return { ...account, state: "valid", problem: undefined };
  if (isProjoError(error) && isEnded(error.reason)) return { ...account, state: "ended", problem: undefined };
  return { ...account, state: "unknown", problem: explain(error, { isServiceKey: false }) };
}

const isEnded = (reason: string | undefined): boolean =>
  reason === "auth.unauthenticated" || reason === "auth.token_reused";

function describe({ url, email, isActive, state, problem, workspace }: CheckedAccount, isInUse: boolean) {
  return {
    url,
    email,
    isActive,
    isInUse,
    session: state,
    problem: problem ?? null,
    workspace: workspace ?? null,
  };
}

async function print(
  cli: Cli,
  accounts: readonly CheckedAccount[],
  isUsed: (account: StoredAccount) => boolean,
): Promise<void> {
  if (accounts.length === 0) return;
  await cli.list(accounts, [
    markColumn((account) => (isUsed(account) ? "*" : "")),
    { head: "EMAIL", cell: ({ email }) => email },
    { head: "SERVER", cell: ({ url }) => url },
    { head: "SESSION", cell: ({ state }) => state },
    { head: "WORKSPACE", cell: ({ workspace }) => workspace?.name ?? "" },
  ]);
  for (const { email, url, problem } of accounts)
    if (problem !== undefined) cli.message(`${email} on ${url}: ${problem}`);
}

/** @throws CliError so that a script sees from the exit code whether the account in use works */
function failUnlessValid(account: CheckedAccount | undefined, all: readonly CheckedAccount[]): void {
  if (!account) {
    const message =
      all.length === 0
        ? "You are not signed in. Run: projo login"
        : "No account is in use. Run: projo auth switch EMAIL, or: projo login";
    throw new CliError("cli.not_signed_in", message, { exitCode: 4 });
  }
  const { email, url, state } = account;
  if (state === "ended") {
    const message = `The session of ${email} on ${url} has ended. Run: projo login ${email}`;
    throw new CliError("cli.not_signed_in", message, { exitCode: 4 });
  }
  if (state === "unknown") {
    throw new CliError(
      "cli.server_unreachable",
      `The session of ${email} on ${url} could not be checked. Run: projo doctor`,
    );
  }
}
