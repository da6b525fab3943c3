// The parser of the credentials file as projo 0.1.0 has it, unchanged. Programs of that version read the files of this one.
interface ServerOf010 {
  email: string;
  session?: unknown;
  workspace?: { id: string; name: string };
}

interface CredentialsOf010 {
  current: string | undefined;
  servers: Readonly<Record<string, ServerOf010>>;
}

export function parseCredentialsOf010(text: string): CredentialsOf010 | undefined {
  const value = parseJson(text.replace(/^\ufeff/, ""));
  if (!isRecord(value) || !isRecord(value["servers"])) return undefined;
  const { current, servers } = value;
  if (current !== undefined && typeof current !== "string") return undefined;
  if (!isServers(servers)) return undefined;
  return { current, servers };
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

const isServers = (value: unknown): value is Record<string, ServerOf010> =>
  isRecord(value) && Object.values(value).every(isServer);

function isServer(value: unknown): boolean {
  if (!isRecord(value) || typeof value["email"] !== "string") return false;
  const { session, workspace } = value;
  if (session !== undefined && !hasTexts(session, ["accessToken", "refreshToken", "sessionId"])) return false;
  return workspace === undefined || hasTexts(workspace, ["id", "name"]);
}

const hasTexts = (value: unknown, keys: readonly string[]): boolean =>
  isRecord(value) && keys.every((key) => typeof value[key] === "string");
