// The accounts that projo stores. The entry of a server is its active account, and `others` holds the accounts beside it. A projo
// without accounts (0.1.0) reads the same file: it works with the active account of each server and keeps `others` when it
// refreshes a session or selects a workspace. A file that it wrote has no `others`.
import type { Tokens } from "@projostack/sdk";
import { parseUrl } from "../parse-url.ts";

/** A user of one server. */
export interface Account {
  /** The address as the server writes it. */
  email: string;
  /** Bearer tokens of the session. Absent after the server has ended the session. */
  session?: Tokens;
  /** The server ends the session when it has not been refreshed for this time. Absent after a sign-in by an older projo. */
  sessionIdleSeconds?: number;
  /** The workspace for commands without --workspace. */
  workspace?: { id: string; name: string };
}

/** The active account of a server, and the others. */
export interface ServerCredentials extends Account {
  others?: readonly Account[];
}

export interface Credentials {
  /** The server for commands without --url: that of the last sign-in or `auth switch`. */
  current: string | undefined;
  /** Keyed by the server's URL. */
  servers: Readonly<Record<string, ServerCredentials>>;
}

export const noCredentials: Credentials = { current: undefined, servers: {} };

/** Parses the content of the file. Returns undefined when it has another shape. */
export function parseCredentials(text: string): Credentials | undefined {
  // Editors on Windows add a byte order mark.
  const value = parseJson(text.replace(/^\ufeff/, ""));
  if (!isRecord(value) || !isRecord(value["servers"])) return undefined;
  const { current, servers } = value;
  if (current !== undefined && !(typeof current === "string" && isUrl(current))) return undefined;
  if (!isServers(servers)) return undefined;
  return { current, servers };
}

/** Lists the accounts of a server, the active one first. */
export function accountsOf({ servers }: Credentials, url: string): readonly Account[] {
  const server = Object.hasOwn(servers, url) ? servers[url] : undefined;
  if (!server) return [];
  const { others = [], ...active } = server;
  return [active, ...others];
}

/** Returns the account of a server with this email, or the active one when there is no email. */
export function accountOf(credentials: Credentials, url: string, email?: string): Account | undefined {
  const accounts = accountsOf(credentials, url);
  return email === undefined ? accounts[0] : accounts.find((account) => account.email === email);
}

interface AccountKey {
  url: string;
  email: string;
}

/**
 * Returns the credentials with a stored account replaced, or removed when `account` is undefined. After the active account is removed,
 * the next one of the server is active. Changes nothing when there is no such account.
 */
export function withAccount(
  credentials: Credentials,
  { url, email }: AccountKey,
  account: Account | undefined,
): Credentials {
  const accounts = accountsOf(credentials, url).flatMap((stored) => {
    if (stored.email !== email) return [stored];
    return account ? [account] : [];
  });
  return withAccounts(credentials, url, accounts);
}

/** Returns the credentials with this account as the active one of its server, and the server as the default. */
export function withActive(credentials: Credentials, url: string, account: Account): Credentials {
  const others = accountsOf(credentials, url).filter(({ email }) => email !== account.email);
  return { ...withAccounts(credentials, url, [account, ...others]), current: url };
}

function withAccounts(
  { current, servers }: Credentials,
  url: string,
  [active, ...others]: readonly Account[],
): Credentials {
  const rest = Object.entries(servers).filter(([other]) => other !== url);
  const entry = active && { ...active, ...(others.length > 0 && { others }) };
  return { current, servers: Object.fromEntries(entry ? [...rest, [url, entry]] : rest) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isServers = (value: unknown): value is Record<string, ServerCredentials> =>
  isRecord(value) && Object.keys(value).every(isUrl) && Object.values(value).every(isServer);

const isUrl = (text: string): boolean => /^https?:/.test(text) && parseUrl(text) !== null;

function isServer(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { others = [] } = value;
  return isAccount(value) && Array.isArray(others) && others.every(isAccount);
}

function isAccount(value: unknown): boolean {
  if (!isRecord(value) || typeof value["email"] !== "string") return false;
  const { session, workspace, sessionIdleSeconds } = value;
  if (session !== undefined && !hasTexts(session, TOKENS, /^[!-~]+$/)) return false;
  if (sessionIdleSeconds !== undefined && typeof sessionIdleSeconds !== "number") return false;
  return workspace === undefined || hasTexts(workspace, ["id", "name"]);
}

const hasTexts = (value: unknown, keys: readonly string[], form = /^/): boolean =>
  isRecord(value) &&
  keys.every((key) => {
    const text = value[key];
    return typeof text === "string" && form.test(text);
  });

/** A token with other characters than printable ASCII is not valid in a header. */
const TOKENS = ["accessToken", "refreshToken", "sessionId"];
