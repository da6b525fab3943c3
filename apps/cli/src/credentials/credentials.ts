import type { Tokens } from "@projostack/sdk";

/** The data that projo stores for one server. */
export interface ServerCredentials {
  email: string;
  /** Bearer tokens of the session. Absent after the server has ended the session. */
  session?: Tokens;
  /** The workspace for commands without --workspace. */
  workspace?: { id: string; name: string };
}

export interface Credentials {
  /** The URL of the last sign-in: the server for commands without --url. */
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
  if (current !== undefined && typeof current !== "string") return undefined;
  if (!isServers(servers)) return undefined;
  return { current, servers };
}

export const serverCredentials = ({ servers }: Credentials, url: string): ServerCredentials | undefined =>
  Object.hasOwn(servers, url) ? servers[url] : undefined;

/** Returns the credentials with one server's entry replaced, or removed when `server` is undefined. */
export function withServer(
  { current, servers }: Credentials,
  url: string,
  server: ServerCredentials | undefined,
): Credentials {
  const others = Object.entries(servers).filter(([other]) => other !== url);
  return { current, servers: Object.fromEntries(server ? [...others, [url, server]] : others) };
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
  isRecord(value) && Object.values(value).every(isServer);

function isServer(value: unknown): boolean {
  if (!isRecord(value) || typeof value["email"] !== "string") return false;
  const { session, workspace } = value;
  if (session !== undefined && !hasTexts(session, ["accessToken", "refreshToken", "sessionId"])) return false;
  return workspace === undefined || hasTexts(workspace, ["id", "name"]);
}

const hasTexts = (value: unknown, keys: readonly string[]): boolean =>
  isRecord(value) && keys.every((key) => typeof value[key] === "string");
