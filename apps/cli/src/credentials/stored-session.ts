import type { Tokens, TokenStore } from "@projostack/sdk";
import type { CredentialsFile } from "./credentials-file.ts";
import { serverIn, type ServerCredentials, withServer } from "./credentials.ts";

/**
 * The session with one server, as the SDK keeps it: in the credentials file, which every projo of this person shares.
 * Signing in is not its business, as that brings an email along: tokens of another session than the one in the file are
 * not stored.
 */
export function storedSession(file: CredentialsFile, url: string): TokenStore {
  // Called inside the lock, so it must not wait for it.
  const change = async (update: (server: ServerCredentials) => ServerCredentials) => {
    const credentials = await file.read();
    const server = serverIn(credentials, url);
    if (server) await file.write(withServer(credentials, url, update(server)));
  };
  return {
    get: async () => serverIn(await file.read(), url)?.session,
    set: (tokens: Tokens) =>
      change((server) =>
        server.session?.sessionId === tokens.sessionId ? { ...server, session: tokens } : server,
      ),
    // The email and the workspace stay, for when the same person signs in again.
    clear: () => change(({ session: _, ...server }) => server),
    lock: (work) => file.lock(work),
  };
}
