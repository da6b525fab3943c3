// The session in a shell's credentials file, to look at and to age.
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

/** The session stored, which there must be. */
export async function storedTokens(home: string, url: string) {
  const session = (await storedServer(home, url))?.session;
  if (!session?.sessionId || !session.refreshToken) throw new Error("No session is stored.");
  const { sessionId, refreshToken, accessToken } = session;
  return { sessionId, refreshToken, accessToken };
}

/** Puts other tokens into the file, as they were at another time. */
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

/** Ten minutes pass for the access token: it is genuine, and expired. */
export async function expire(home: string, server: TestServer): Promise<void> {
  const { sessionId } = await storedTokens(home, server.url);
  await putTokens(home, server.url, { accessToken: await expiredAccessToken(server, sessionId) });
}

/** How often the session's tokens were rotated since it began. */
export async function rotations(server: TestServer, sessionId: string): Promise<number> {
  const [row] = await server.database.owner<{ generation: number }>(
    "SELECT generation FROM sessions WHERE id = $1",
    [sessionId],
  );
  return (row?.generation ?? 0) - 1;
}
