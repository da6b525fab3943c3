import { isProjoError, type ProjoError } from "@projostack/sdk";
import { type Command, Option } from "commander";
import { CliError, usageError } from "../cli-error.ts";
import type { Cli, Start } from "../cli.ts";
import { examples } from "../examples.ts";
import type { Server } from "../connection/server.ts";
import type { Account } from "../credentials/credentials.ts";
import { sessionEnd } from "../credentials/session-end.ts";
import { shortTime } from "../terminal/short-time.ts";

interface LogoutOptions {
  everywhere?: boolean;
  local?: boolean;
}

export function addLogout(logout: Command, start: Start): void {
  logout
    .option("--everywhere", "end all your sessions on all devices")
    .addOption(
      new Option("--local", "delete the session here only, if the server cannot be reached").conflicts(
        "everywhere",
      ),
    )
    .addHelpText(
      "after",
      examples([
        "projo logout",
        "projo logout --account ann@example.com",
        "projo logout --everywhere",
        "projo logout --local",
      ]),
    )
    .action(async (options: LogoutOptions, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      if (server.tokenFromEnvironment) {
        throw usageError(
          "PROJO_TOKEN is set, so the stored session is not in use. Unset PROJO_TOKEN, then run the command again.",
        );
      }
      const { forgetCompletions } = await import("../completion/value-cache.ts");
      await forgetCompletions(cli.io);
      if (options.everywhere) await signOutEverywhere(cli, server);
      else if (!server.stored?.session) await forgetAccount(cli, server, command.optsWithGlobals());
      else if (options.local) await signOutHere(cli, server, server.stored);
      else await signOut(cli, server, server.stored);
    });
}

/** Removes an account whose session has ended. */
async function forgetAccount(
  cli: Cli,
  server: Server,
  { account = cli.io.env["PROJO_ACCOUNT"] || undefined }: { account?: string },
): Promise<void> {
  const { url, stored } = server;
  await server.updateStored(() => undefined);
  if (cli.json) cli.value({ url, email: stored?.email ?? null });
  else if (stored) cli.message(`Removed ${stored.email}, whose session on ${url} had ended.`);
  else if (account === undefined) cli.message(`You were not signed in to ${url}.`);
  else
    cli.message(`You were not signed in to ${url} as ${account}. For your accounts, see: projo auth status`);
}

/** Ends the session on the server first. If that fails, the tokens remain for the next attempt. */
async function signOut(cli: Cli, server: Server, { email }: Account): Promise<void> {
  const { url } = server;
  await server.requireStore();
  try {
    await server.signingOut.auth.signOut();
  } catch (error) {
    if (!isProjoError(error)) throw error;
    if (error.cause instanceof CliError) throw withoutAnswer(error.cause, email);
    if (error.reason === undefined) throw serverUnreachable(error, email);
    if (error.reason !== "auth.unauthenticated" && error.reason !== "auth.token_reused") throw error;
    // The session had ended before.
  }
  await server.updateStored(() => undefined);
  if (cli.json) cli.value({ url, email });
  else cli.message(`Signed out of ${url} as ${email}.`);
  await nameNext(cli, server);
}

/** Names the account that is active now, if it is another one of the same server. */
async function nameNext(cli: Cli, { url, stored }: Server): Promise<void> {
  const next = (await cli.server()).stored;
  if (next && next.email !== stored?.email) cli.message(`Now using ${next.email} on ${url}.`);
}

/** projo itself has ended the call, for example after --timeout. */
function withoutAnswer({ reason, message, exitCode, details }: CliError, email: string): CliError {
  const [cause] = message.split(/(?<=\.) /, 1);
  const next = `The session of ${email} is still stored here, but the server may have ended it. Run the command again, or delete the session here only: projo logout --local`;
  return new CliError(reason, `${cause} ${next}`, { exitCode, details });
}

function serverUnreachable(error: ProjoError, email: string): CliError {
  const [cause = error.message] = error.message.split(/(?<=\.) /, 1);
  const { operation, status, mayHaveBeenCarriedOut } = error;
  return new CliError(
    `cli.${error.code.toLowerCase()}`,
    `${cause} You are still signed in as ${email}. Run the command again later, or delete the session here only: projo logout --local`,
    { cause: error, details: { operation, status, mayHaveBeenCarriedOut } },
  );
}

/** Deletes the tokens and sends no request. */
async function signOutHere(cli: Cli, server: Server, account: Account): Promise<void> {
  const { url } = server;
  const { email } = account;
  const endsAt = sessionEnd(account);
  await server.updateStored(() => undefined);
  if (cli.json) {
    cli.value({ url, email, sessionEndsAt: endsAt?.toISOString() ?? null });
    return;
  }
  cli.message(`Deleted the session of ${email} on ${url} from this machine.`);
  const until = endsAt ? `until ${shortTime(endsAt.toISOString())} at the latest` : "until it expires";
  cli.message(
    `It stays valid on the server ${until}. To end it before, sign in again, then run: projo sessions list`,
  );
}

async function signOutEverywhere(cli: Cli, server: Server): Promise<void> {
  const { url } = server;
  const client = server.requireSignIn();
  await server.requireStore();
  const { ended } = await client.auth.signOutEverywhere();
  await server.updateStored(() => undefined);
  if (cli.json) cli.value({ url, ended });
  else
    cli.message(`Signed out of ${url} everywhere: ${ended === 1 ? "1 session" : `${ended} sessions`} ended.`);
}
