// Selects the server, the credentials and the workspace of a command: the option, else the environment variable, else
// the stored value.
import { type Client, type ClientOptions, createClient } from "@projostack/sdk";
import { CliError, usageError } from "../cli-error.ts";
import { type CredentialsFile, credentialsFile } from "../credentials/credentials-file.ts";
import { serverCredentials, type ServerCredentials, withServer } from "../credentials/credentials.ts";
import { isServiceKeySet } from "../credentials/service-key.ts";
import { storedSession } from "../credentials/stored-session.ts";
import { USER_REQUIRED } from "../explain.ts";
import type { Io } from "../io.ts";
import { networkFetch } from "./network-fetch.ts";
import { type WaitingOptions, watchRequests } from "./watch-requests.ts";
import { findWorkspace } from "../names/find-workspace.ts";
import { readId } from "../names/ids.ts";
import { keyWorkspaceId } from "../names/key-workspace.ts";
import { DEFAULT_URL, parseServerUrl } from "./server-url.ts";
import { version } from "../version.ts";

export type WorkspaceClient = ReturnType<Client["workspace"]>;

export interface ServerOptions extends WaitingOptions {
  url?: string;
  workspace?: string;
  caFile?: string;
}

export interface Server {
  readonly url: string;
  /** The stored data of this server. */
  readonly stored: ServerCredentials | undefined;
  /** True when PROJO_TOKEN is used instead of the stored session. */
  readonly tokenFromEnvironment: boolean;
  /** A client with the token in PROJO_TOKEN, else with the stored session, if there is one. */
  readonly client: Client;
  /** A client without a token, for signing in. `updateStored` stores the session. */
  readonly anonymous: Client;
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
   * Updates the stored data of this server inside the lock and makes this server the default. `update` gets the data at
   * that moment and returns the new data, or undefined to delete it.
   */
  updateStored: (
    update: (stored: ServerCredentials | undefined) => ServerCredentials | undefined,
  ) => Promise<void>;
}

export async function openServer(
  io: Io,
  options: ServerOptions,
  warn: (message: string) => void,
): Promise<Server> {
  const file = credentialsFile(io, warn);
  const credentials = await file.read();
  const url = chooseUrl(io, options, credentials.current);
  const stored = serverCredentials(credentials, url);
  const environmentToken = io.env["PROJO_TOKEN"] || undefined;
  const watched = watchRequests(io.fetch ?? (await networkFetch(io, options.caFile)), io, options);
  const common = { baseUrl: url, ...watched, userAgent: `projo/${version()} (${io.platform})` };
  const client = environmentToken
    ? openAs(environmentToken, common)
    : createClient({ ...common, tokens: storedSession(file, url) });

  const requireSignIn = () => {
    if (!environmentToken && !stored?.session) throw notSignedIn(url);
    return client;
  };
  const isServiceKey = isServiceKeySet(io);
  const named = options.workspace ?? (io.env["PROJO_WORKSPACE"] || undefined);
  const workspaceId = async () => {
    if (named === undefined) return isServiceKey ? undefined : stored?.workspace?.id;
    if (isServiceKey) return keyWorkspaceId(client, named);
    // The server refuses the id of a workspace that the user may not enter.
    return readId(named) ?? (await findWorkspace(requireSignIn(), named)).id;
  };

  return {
    url,
    stored,
    tokenFromEnvironment: environmentToken !== undefined,
    isServiceKey,
    client,
    anonymous: createClient(common),
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
      throw noWorkspace();
    },
    // Taking the lock writes files of the size that a session needs.
    requireStore: () => file.lock(async () => {}),
    updateStored: (update) => file.lock(() => updateStored(file, url, update)),
  };
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

function chooseUrl(io: Io, { url }: ServerOptions, stored: string | undefined): string {
  if (url !== undefined) return parseServerUrl(url, "--url");
  const fromEnvironment = io.env["PROJO_URL"];
  if (fromEnvironment) return parseServerUrl(fromEnvironment, "PROJO_URL");
  return stored ?? DEFAULT_URL;
}

async function updateStored(
  file: CredentialsFile,
  url: string,
  update: Parameters<Server["updateStored"]>[0],
): Promise<void> {
  // Read the file again: another projo process may have written it.
  const before = await file.read();
  const server = update(serverCredentials(before, url));
  const credentials = withServer(before, url, server);
  await file.write(server ? { ...credentials, current: url } : credentials);
}

export const notSignedIn = (url: string, next = "projo login"): CliError =>
  new CliError("cli.not_signed_in", `Not signed in to ${url}. Run: ${next}`, { exitCode: 4 });

export const userRequired = (): CliError => new CliError("auth.person_required", USER_REQUIRED);

const noWorkspace = (): CliError =>
  new CliError(
    "cli.no_workspace",
    "No workspace is selected. Run: projo workspaces use NAME (or create one: projo workspaces create NAME)",
  );
