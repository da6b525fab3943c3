// Selects the server, the account and the workspace of a command: the option, else the environment variable, else the
// stored value.
import { type Client, type ClientOptions, createClient, type Fetch } from "@projostack/sdk";
import { CliError, usageError } from "../cli-error.ts";
import { credentialsFile } from "../credentials/credentials-file.ts";
import { type AccountOptions, chooseAccount, type Choice } from "../credentials/choose-account.ts";
import { type Account, accountOf, accountsOf, withAccount, withActive } from "../credentials/credentials.ts";
import { isServiceKeySet } from "../credentials/service-key.ts";
import { keptSession, storedSession } from "../credentials/stored-session.ts";
import type { Io } from "../io.ts";
import { networkFetch } from "./network-fetch.ts";
import { type WaitingOptions, watchRequests } from "./watch-requests.ts";
import { findWorkspace } from "../names/find-workspace.ts";
import { readId } from "../names/ids.ts";
import { keyWorkspaceId } from "../names/key-workspace.ts";
import { optionsToRepeat, withOptions } from "./next-commands.ts";
import { onlyWorkspace } from "./only-workspace.ts";
import { userRequired } from "./user-required.ts";
import { version } from "../version.ts";

export type WorkspaceClient = ReturnType<Client["workspace"]>;

export interface ServerOptions extends AccountOptions, WaitingOptions {
  workspace?: string;
  caFile?: string;
}

/** The options of a server that is opened for one of the stored accounts. */
export interface OpenOptions extends ServerOptions {
  /** Uses the stored account although PROJO_TOKEN is set. */
  ignoresToken?: boolean;
}

export interface Server {
  readonly url: string;
  /** The stored account: the one that is named, else the active one of this server. */
  readonly stored: Account | undefined;
  /** True when PROJO_TOKEN is used instead of the stored session. */
  readonly tokenFromEnvironment: boolean;
  /** A client with the token in PROJO_TOKEN, else with the stored session, if there is one. */
  readonly client: Client;
  /** A client without a token, for signing in. `storeAccount` stores the session. */
  readonly anonymous: Client;
  /** Sends a request that is no operation, such as that of /readyz. */
  readonly fetch: Fetch;
  /** A client of the stored session for a sign-out. It keeps the tokens when the sign-out fails. */
  readonly signingOut: Client;
  /** Adds the options that the next command must repeat, such as `--url URL`, to each command that a message names. */
  completeCommands: (message: string) => string;
  /** True when PROJO_TOKEN holds a service key, which acts in its own workspace only. */
  readonly isServiceKey: boolean;
  /** Creates a client with an access token that is not stored. */
  as: (accessToken: string) => Client;
  /** Returns the client. @throws CliError when there is no token */
  requireSignIn: () => Client;
  /** Returns the client. Call it before a prompt. @throws CliError when there is no token, or it is a service key */
  requireUser: () => Client;
  /** Returns the id of the workspace that is named or selected, if there is one. */
  workspaceId: () => Promise<string | undefined>;
  /** Returns a client of the workspace that is named or selected. @throws CliError when there is none */
  workspace: () => Promise<WorkspaceClient>;
  /** Checks that a session can be stored. Call it before a sign-in. @throws CliError */
  requireStore: () => Promise<void>;
  /**
   * Updates the stored account inside the lock. `update` gets the account at that moment and returns the new data, or undefined
   * to delete it. Does nothing when the account is no longer stored.
   */
  updateStored: (update: (stored: Account) => Account | undefined) => Promise<void>;
  /**
   * Stores the account inside the lock, and makes it the active one of this server and this server the default. Returns the emails
   * of the other accounts of this server that have a session.
   */
  storeAccount: (
    email: string,
    create: (stored: Account | undefined) => Account,
  ) => Promise<readonly string[]>;
}

export async function openServer(
  io: Io,
  options: OpenOptions,
  warn: (message: string) => void,
): Promise<Server> {
  const file = credentialsFile(io, warn);
  const credentials = await file.read();
  const choice = chooseAccount(io, options, credentials);
  const { url, account: stored } = choice;
  const environmentToken = options.ignoresToken ? undefined : io.env["PROJO_TOKEN"] || undefined;
  if (environmentToken && options.account !== undefined) throw accountShadowed();
  const watched = watchRequests(io.fetch ?? (await networkFetch(io, options.caFile)), io, options);
  const common = { baseUrl: url, ...watched, userAgent: `projo/${version()} (${io.platform})` };
  const key = stored && { url, email: stored.email };
  const client = environmentToken
    ? openAs(environmentToken, common)
    : createClient({ ...common, ...(key && { tokens: storedSession(file, key) }) });
  let toRepeat = optionsToRepeat(io, options, credentials);

  const requireSignIn = () => {
    if (!environmentToken && !stored?.session) throw noSession(choice);
    return client;
  };
  const isServiceKey = environmentToken !== undefined && isServiceKeySet(io);
  const named = options.workspace ?? (io.env["PROJO_WORKSPACE"] || undefined);
  const workspaceId = async () => {
    if (named === undefined) return isServiceKey ? undefined : stored?.workspace?.id;
    if (isServiceKey) return keyWorkspaceId(client, named);
    // The server refuses the id of a workspace that the user may not enter.
    const id = readId(named);
    if (id !== undefined) return id;
    const find = findWorkspace(requireSignIn(), named);
    // The user has not typed the name in this command, so the error says where it is set.
    const found = options.workspace === undefined ? find.catch((error) => nameSource(error, io)) : find;
    return (await found).id;
  };

  const updateStored: Server["updateStored"] = async (update) => {
    if (!key) return;
    await file.lock(async () => {
      // Read the file again: another projo process may have written it.
      const before = await file.read();
      const account = accountOf(before, url, key.email);
      if (account) await file.write(withAccount(before, key, update(account)));
    });
  };

  return {
    url,
    fetch: common.fetch,
    stored,
    tokenFromEnvironment: environmentToken !== undefined,
    isServiceKey,
    client,
    anonymous: createClient(common),
    signingOut: createClient({ ...common, ...(key && { tokens: keptSession(file, key) }) }),
    completeCommands: (message) => withOptions(message, toRepeat),
    as: (token) => createClient({ ...common, token }),
    requireSignIn,
    requireUser() {
      if (isServiceKey) throw userRequired();
      return requireSignIn();
    },
    workspaceId,
    async workspace() {
      requireSignIn();
      const id = await workspaceId();
      if (id !== undefined) return client.workspace(id);
      // The server uses the key's own workspace when the call names none.
      if (isServiceKey) return client;
      const only = await onlyWorkspace(client);
      if (!only) throw noWorkspace();
      const workspace = { id: only.id, name: only.name };
      // The command also works where the choice cannot be stored. Then the next command chooses again.
      if (!environmentToken)
        await updateStored((account) => ({ ...account, workspace })).catch(ignoreUnwritable);
      warn(`Selected the workspace ${only.name}: you are a member of no other.`);
      return client.workspace(only.id);
    },
    // Taking the lock writes files of the size that a session needs.
    requireStore: () => file.lock(async () => {}),
    updateStored,
    storeAccount: (email, create) =>
      file.lock(async () => {
        const before = await file.read();
        const after = withActive(before, url, create(accountOf(before, url, email)));
        await file.write(after);
        toRepeat = optionsToRepeat(io, options, after);
        const [, ...others] = accountsOf(after, url);
        return others.filter(({ session }) => session !== undefined).map((other) => other.email);
      }),
  };
}

async function nameSource(error: unknown, io: Io): Promise<never> {
  const { withSource } = await import("../settings/value-source.ts");
  throw withSource(error, io, "PROJO_WORKSPACE");
}

/** Creates a client with a token from the environment, which is never refreshed. */
function openAs(token: string, options: ClientOptions): Client {
  try {
    return createClient({ ...options, token });
  } catch (error) {
    // The SDK rejects a token that is not valid in a header. Its message does not contain the token.
    if (error instanceof TypeError) throw usageError(`PROJO_TOKEN: ${error.message}`);
    throw error;
  }
}

function ignoreUnwritable(error: unknown): void {
  if (!(error instanceof CliError)) throw error;
}

/** The error of a command that needs a session: no account is stored, or the server has ended its session. */
export function noSession({ url, email, account }: Choice): CliError {
  if (account) {
    const message = `Not signed in to ${url}: the session of ${account.email} has ended. Run: projo login ${account.email}`;
    return new CliError("cli.not_signed_in", message, { exitCode: 4 });
  }
  if (email === undefined) return notSignedIn(url);
  const message = `Not signed in to ${url} as ${email}. Run: projo login ${email} (for your accounts: projo auth status)`;
  return new CliError("cli.not_signed_in", message, { exitCode: 4 });
}

const accountShadowed = (): CliError =>
  usageError("PROJO_TOKEN is set and takes precedence over --account. Unset PROJO_TOKEN, or omit --account.");

export const notSignedIn = (url: string, next = "projo login"): CliError =>
  new CliError("cli.not_signed_in", `Not signed in to ${url}. Run: ${next}`, { exitCode: 4 });

const noWorkspace = (): CliError =>
  new CliError(
    "cli.no_workspace",
    "No workspace is selected. Run: projo workspaces use NAME (or create one: projo workspaces create NAME)",
  );
