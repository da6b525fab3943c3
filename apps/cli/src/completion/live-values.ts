// The values that the server lists, for the account and the workspace of the command line that is completed.
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Client, Fetch } from "@projostack/sdk";
import { networkFetch } from "../connection/network-fetch.ts";
import { openServer, type Server, type ServerOptions, type WorkspaceClient } from "../connection/server.ts";
import { configDirectory } from "../credentials/config-directory.ts";
import { shortTime } from "../terminal/short-time.ts";
import type { Credentials } from "../credentials/credentials.ts";
import type { Io } from "../io.ts";
import type { NamedValue } from "./candidate.ts";
import { forgetCompletions, keep, type Listed, readCached } from "./value-cache.ts";
import type { LiveKind } from "./value-kinds.ts";

export interface Wanted {
  readonly kind: LiveKind;
  /** The beginning of the value, with which the server searches if a list is too long. */
  readonly text: string;
  readonly options: ServerOptions;
}

/** How long a completion waits for the server, unless PROJO_COMPLETION_TIMEOUT says otherwise. */
const TIME_LIMIT_SECONDS = 1;

/** The largest page of the server. */
const PAGE_SIZE = 100;

/** Returns the values, or none when nobody is signed in, the server does not answer in time or refuses. Never throws. */
export async function liveValues(io: Io, wanted: Wanted): Promise<readonly NamedValue[]> {
  const control = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const none = new Promise<readonly NamedValue[]>((resolve) => {
    timer = setTimeout(() => {
      control.abort();
      resolve([]);
    }, timeLimitMs(io));
  });
  // After the time limit nobody waits for the values, and the error of the ended request has no receiver.
  const values = list(io, wanted, control.signal).catch(() => []);
  try {
    return await Promise.race([values, none]);
  } finally {
    clearTimeout(timer);
  }
}

function timeLimitMs({ env }: Io): number {
  const text = env["PROJO_COMPLETION_TIMEOUT"] ?? "";
  return (/^\d{1,2}(?:\.\d+)?$/.test(text) ? Number(text) : TIME_LIMIT_SECONDS) * 1_000;
}

/** Returns the addresses of the servers with a sign-in. */
export const knownServers = (io: Io): Promise<string[]> =>
  fromCredentials(io, ({ servers }) => Object.keys(servers));

/** Returns the email addresses of the stored accounts of all servers. */
export async function knownAccounts(io: Io): Promise<string[]> {
  const { storedAccounts } = await import("../credentials/stored-accounts.ts");
  return fromCredentials(io, (credentials) => [
    ...new Set(storedAccounts(credentials).map(({ email }) => email)),
  ]);
}

async function fromCredentials(io: Io, read: (credentials: Credentials) => string[]): Promise<string[]> {
  const { credentialsFile } = await import("../credentials/credentials-file.ts");
  try {
    if (await isOpenToOthers(io)) return [];
    return read(await credentialsFile(io, () => {}).read());
  } catch {
    return [];
  }
}

async function list(io: Io, { kind, text, options }: Wanted, signal: AbortSignal) {
  if (await isOpenToOthers(io)) return [];
  const base = io.fetch ?? (await networkFetch(io, options.caFile));
  // A spread would call the getters of `io`, which may throw.
  const own = Object.create(io, { fetch: { value: endedBy(base, signal) } }) as Io;
  const server = await openServer(own, options, () => {});
  const account = accountOf(io, server);
  if (account === undefined) {
    await forgetCompletions(io);
    return [];
  }
  const workspace = options.workspace ?? io.env["PROJO_WORKSPACE"] ?? server.stored?.workspace?.id ?? "";
  const scope = [server.url, account, workspace, kind];
  const whole = await listed(io, [...scope, ""], () => pageOf(server, kind, undefined));
  if (whole.isComplete || text === "" || !isSearched(kind)) return whole.values;
  return (await listed(io, [...scope, text], () => pageOf(server, kind, text))).values;
}

/** The first command reports such a file to the user, so a completion, which cannot, does not read it and does not correct it. */
async function isOpenToOthers(io: Io): Promise<boolean> {
  const directory = configDirectory(io);
  if (io.platform === "win32" || directory === undefined) return false;
  const found = await stat(join(directory, "credentials.json")).catch(() => undefined);
  return found !== undefined && (found.mode & 0o077) !== 0;
}

/** Returns a name of the sign-in that changes with each sign-in. Undefined without one. */
function accountOf(io: Io, { tokenFromEnvironment, stored }: Server): string | undefined {
  if (!tokenFromEnvironment) return stored?.session?.sessionId;
  return createHash("sha256")
    .update(io.env["PROJO_TOKEN"] ?? "")
    .digest("hex");
}

async function listed(io: Io, key: readonly string[], load: () => Promise<Listed>): Promise<Listed> {
  const cached = await readCached(io, key);
  if (cached) return cached;
  const found = await load();
  await keep(io, key, found);
  return found;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

const named = <T>({ items, nextCursor }: Page<T>, value: (item: T) => NamedValue): Listed => ({
  values: items.map(value),
  isComplete: nextCursor === null,
});

async function pageOf(server: Server, kind: LiveKind, search: string | undefined): Promise<Listed> {
  const limit = PAGE_SIZE;
  if (kind in ofUser) return ofUser[kind as keyof typeof ofUser](server.requireUser(), limit);
  const load = ofWorkspace[kind as keyof typeof ofWorkspace];
  return load(await server.workspace(), { limit, search });
}

const ofUser = {
  workspaces: async (client: Client, limit: number) =>
    named(await client.workspaces.list({ limit }), ({ id, name, role }) => ({ id, name, description: role })),
  deletedWorkspaces: async (client: Client, limit: number) =>
    named(await client.workspaces.list({ limit, deleted: true }), ({ id, name }) => ({ id, name })),
  ownInvites: async (client: Client, limit: number) =>
    named(await client.invites.listMine({ limit }), ({ id, workspaceName }) => ({ id, name: workspaceName })),
  sessions: async (client: Client, limit: number) =>
    named(await client.sessions.list({ limit }), ({ id, current, lastUsedAt, userAgent }) => ({
      id,
      name: `${current ? "this session, " : ""}${shortTime(lastUsedAt)} ${userAgent ?? ""}`.trim(),
    })),
};

interface Asked {
  readonly limit: number;
  readonly search: string | undefined;
}

const ofWorkspace = {
  projects: async (workspace: WorkspaceClient, asked: Asked) =>
    named(await workspace.projects.list(asked), ({ id, name }) => ({ id, name })),
  tasks: async (workspace: WorkspaceClient, asked: Asked) =>
    named(await workspace.tasks.list(asked), ({ id, title }) => ({ id, name: title })),
  members: async (workspace: WorkspaceClient, asked: Asked) =>
    named(await workspace.members.list(asked), ({ userId, email, role }) => ({
      id: userId,
      name: email,
      description: role,
    })),
  invites: async (workspace: WorkspaceClient, { limit }: Asked) =>
    named(await workspace.invites.list({ limit, status: "pending" }), ({ id, email, role }) => ({
      id,
      name: email,
      description: role,
    })),
  keys: async (workspace: WorkspaceClient, { limit }: Asked) => {
    const { items, nextCursor } = await workspace.serviceKeys.list({ limit });
    return named({ items: items.filter(({ status }) => status !== "revoked"), nextCursor }, (key) => ({
      id: key.id,
      name: key.name,
      description: `${key.role}, ${key.status}`,
    }));
  },
};

/** Tasks are named by their ids, in which the server does not search. */
const isSearched = (kind: LiveKind): boolean => kind === "projects" || kind === "members";

/** Returns a fetch whose requests end when the signal aborts. */
function endedBy(fetch: Fetch, signal: AbortSignal): Fetch {
  return (url, init) => {
    const control = new AbortController();
    for (const one of [signal, init.signal]) {
      if (one?.aborted) control.abort();
      else one?.addEventListener("abort", () => control.abort());
    }
    return fetch(url, { ...init, signal: control.signal });
  };
}
