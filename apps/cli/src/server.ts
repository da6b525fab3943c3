// Which server a command talks to, as whom, and in which workspace: the flag, else the environment, else what was stored.
import { type Client, type ClientOptions, createClient } from "@projostack/sdk";
import { CliError, usageError } from "./cli-error.ts";
import { type CredentialsFile, credentialsFile } from "./credentials/credentials-file.ts";
import { serverIn, type ServerCredentials, withServer } from "./credentials/credentials.ts";
import { isServiceKeySet } from "./credentials/service-key.ts";
import { storedSession } from "./credentials/stored-session.ts";
import type { Io } from "./io.ts";
import { findWorkspace } from "./names/find-workspace.ts";
import { keyWorkspaceId } from "./names/key-workspace.ts";
import { DEFAULT_URL, parseServerUrl } from "./server-url.ts";
import { version } from "./version.ts";

export type WorkspaceClient = ReturnType<Client["workspace"]>;

export interface ServerOptions {
  url?: string;
  workspace?: string;
}

export interface Server {
  readonly url: string;
  /** What is remembered of it. */
  readonly stored: ServerCredentials | undefined;
  /** True when PROJO_TOKEN speaks instead of what is stored. */
  readonly tokenFromEnvironment: boolean;
  /** A client as whoever is signed in, if anyone. */
  readonly client: Client;
  /** A client as nobody, to sign in with: its session is stored by `remember`. */
  readonly stranger: Client;
  /** True when that is a service key: it has one workspace, its own, and is no person. */
  readonly isServiceKey: boolean;
  /** The client, after making sure that there is a token. */
  signedIn: () => Client;
  /** The client, after making sure that it is a person's: before they are asked anything. */
  person: () => Client;
  /** The id of the workspace meant, if one is named or chosen. */
  workspaceId: () => Promise<string | undefined>;
  /** A client of the workspace meant. */
  workspace: () => Promise<WorkspaceClient>;
  /**
   * Stores what becomes of what is stored by then, and makes this server the one meant when none is named; undefined
   * forgets it.
   */
  remember: (
    update: (stored: ServerCredentials | undefined) => ServerCredentials | undefined,
  ) => Promise<void>;
}

export async function openServer(
  io: Io,
  options: ServerOptions,
  warn: (words: string) => void,
): Promise<Server> {
  const file = credentialsFile(io, warn);
  const credentials = await file.read();
  const url = chooseUrl(io, options, credentials.current);
  const stored = serverIn(credentials, url);
  const environmentToken = io.env["PROJO_TOKEN"] || undefined;
  const common = { baseUrl: url, fetch: io.fetch, userAgent: `projo/${version()} (${io.platform})` };
  const client = environmentToken
    ? openAs(environmentToken, common)
    : createClient({ ...common, tokens: storedSession(file, url) });

  const signedIn = () => {
    if (!environmentToken && !stored?.session) throw notSignedIn(url);
    return client;
  };
  const isServiceKey = isServiceKeySet(io);
  const named = options.workspace ?? (io.env["PROJO_WORKSPACE"] || undefined);
  const workspaceId = async () => {
    if (named === undefined) return isServiceKey ? undefined : stored?.workspace?.id;
    if (isServiceKey) return keyWorkspaceId(client, named);
    return (await findWorkspace(signedIn(), named)).id;
  };

  return {
    url,
    stored,
    tokenFromEnvironment: environmentToken !== undefined,
    isServiceKey,
    client,
    stranger: createClient(common),
    signedIn,
    person() {
      if (isServiceKey) throw personRequired();
      return signedIn();
    },
    workspaceId,
    async workspace() {
      signedIn();
      const id = await workspaceId();
      if (id !== undefined) return client.workspace(id);
      // Without a workspace named, the server takes the key's own.
      if (isServiceKey) return client;
      throw noWorkspace();
    },
    remember: (update) => file.lock(() => remember(file, url, update)),
  };
}

/** A client by a token of the environment, which is never refreshed: who set it replaces it. */
function openAs(token: string, options: ClientOptions): Client {
  try {
    return createClient({ ...options, token });
  } catch (error) {
    // The SDK refuses a token that no header can hold. Its message does not repeat it.
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

async function remember(
  file: CredentialsFile,
  url: string,
  update: Parameters<Server["remember"]>[0],
): Promise<void> {
  // Read again: another projo may have written in the meantime.
  const before = await file.read();
  const server = update(serverIn(before, url));
  const credentials = withServer(before, url, server);
  await file.write(server ? { ...credentials, current: url } : credentials);
}

export const notSignedIn = (url: string, next = "projo login"): CliError =>
  new CliError("cli.not_signed_in", `Not signed in to ${url}. Run: ${next}`, { exitCode: 4 });

export const personRequired = (): CliError =>
  new CliError(
    "auth.person_required",
    "A service key cannot do this. Sign in as a user. Unset PROJO_TOKEN, and run: projo login",
  );

const noWorkspace = (): CliError =>
  new CliError(
    "cli.no_workspace",
    "No workspace chosen. Run: projo workspaces use NAME (or make one: projo workspaces create NAME)",
  );
