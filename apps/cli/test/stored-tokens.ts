// Helpers to read and change the session in a shell's credentials file.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expiredAccessToken, type TestServer } from "@projostack/api/testing";
import type { ServerCredentials } from "../src/credentials/credentials.ts";

interface File {
  servers: Record<string, ServerCredentials>;
}

export const credentialsPath = (home: string): string => join(home, ".config", "projo", "credentials.json");

export async function storedServer(home: string, url: string): Promise<ServerCredentials | undefined> {
  return (JSON.parse(await readFile(credentialsPath(home), "utf8")) as File).servers[url];
}

/** Returns the stored tokens. @throws Error when no session is stored */
export async function storedTokens(home: string, url: string) {
  const session = (await storedServer(home, url))?.session;
  if (!session?.sessionId || !session.refreshToken) throw new Error("No session is stored.");
  const { sessionId, refreshToken, accessToken } = session;
  return { sessionId, refreshToken, accessToken };
}

/** Replaces tokens in the file. */
export async function putTokens(
  home: string,
  url: string,
  tokens: Partial<ServerCredentials["session"]>,
): Promise<void> {
  const file = JSON.parse(await readFile(credentialsPath(home), "utf8")) as File;
  const server = file.servers[url];
  if (!server?.session) throw new Error("No session is stored.");
  Object.assign(server.session, tokens);
  await writeFile(credentialsPath(home), JSON.stringify(file), { mode: 0o600 });
}

/** Replaces the access token with a genuine one that has expired. */
export async function expire(home: string, server: TestServer): Promise<void> {
  const { sessionId } = await storedTokens(home, server.url);
  await putTokens(home, server.url, { accessToken: await expiredAccessToken(server, sessionId) });
}

/** Returns how often the tokens of the session were rotated. -1 when the session has ended. */
export async function rotations(server: TestServer, sessionId: string): Promise<number> {
  const [row] = await server.database.owner<{ generation: number }>(
    "SELECT generation FROM sessions WHERE id = $1",
    [sessionId],
  );
  return (row?.generation ?? 0) - 1;
}
