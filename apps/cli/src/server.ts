// Which server a command talks to, as whom, and in which workspace: the flag, else the environment, else what was stored.
import { type Client, createClient } from "@projostack/sdk";
import { CliError, usageError } from "./cli-error.ts";
import { type CredentialsFile, credentialsFile } from "./credentials/credentials-file.ts";
import { type ServerCredentials, withServer } from "./credentials/credentials.ts";
import type { Io } from "./io.ts";
import { findWorkspace } from "./names/find-workspace.ts";
import { DEFAULT_URL, parseServerUrl } from "./server-url.ts";

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
  /** The client, after making sure that there is a token. */
  signedIn: () => Client;
  /** The id of the workspace meant, if one is. */
  workspaceId: () => Promise<string | undefined>;
  /** A client of the workspace meant. */
  workspace: () => Promise<WorkspaceClient>;
  /** Stores it and makes this server the one meant when none is named; undefined forgets it. */
  remember: (credentials: ServerCredentials | undefined) => Promise<void>;
}

export async function openServer(
  io: Io,
  options: ServerOptions,
  warn: (words: string) => void,
): Promise<Server> {
  const file = credentialsFile(io, warn);
  const credentials = await file.read();
  const url = chooseUrl(io, options, credentials.current);
  const stored = Object.hasOwn(credentials.servers, url) ? credentials.servers[url] : undefined;
  const environmentToken = io.env["PROJO_TOKEN"] || undefined;
  const token = environmentToken ?? stored?.token;
  const client = openClient(io, url, token);

  const signedIn = () => {
    if (token === undefined) throw notSignedIn(url);
    return client;
  };
  const named = options.workspace ?? (io.env["PROJO_WORKSPACE"] || undefined);
  const workspaceId = async () =>
    named === undefined ? stored?.workspace?.id : (await findWorkspace(signedIn(), named)).id;

  return {
    url,
    stored,
    tokenFromEnvironment: environmentToken !== undefined,
    client,
    signedIn,
    workspaceId,
    async workspace() {
      signedIn();
      const id = await workspaceId();
      if (id === undefined) throw noWorkspace();
      return client.workspace(id);
    },
    remember: (server) => remember(file, url, server),
  };
}

function openClient(io: Io, url: string, token: string | undefined): Client {
  try {
    return createClient({ baseUrl: url, token, fetch: io.fetch });
  } catch (error) {
    // The SDK refuses a token that no header can hold. Its message does not repeat it.
    if (error instanceof TypeError && token !== undefined) throw usageError(`PROJO_TOKEN: ${error.message}`);
    throw error;
  }
}

function chooseUrl(io: Io, { url }: ServerOptions, stored: string | undefined): string {
  if (url !== undefined) return parseServerUrl(url, "--url");
  const fromEnvironment = io.env["PROJO_URL"];
  if (fromEnvironment) return parseServerUrl(fromEnvironment, "PROJO_URL");
  return stored ?? DEFAULT_URL;
}

async function remember(file: CredentialsFile, url: string, server: ServerCredentials | undefined) {
  // Read again: another projo may have written in the meantime.
  const credentials = withServer(await file.read(), url, server);
  await file.write(server ? { ...credentials, current: url } : credentials);
}

export const notSignedIn = (url: string): CliError =>
  new CliError("cli.not_signed_in", `Not signed in to ${url}. Run: projo login`, { exitCode: 4 });

const noWorkspace = (): CliError =>
  new CliError(
    "cli.no_workspace",
    "No workspace chosen. Run: projo workspaces use NAME (or make one: projo workspaces create NAME)",
  );
