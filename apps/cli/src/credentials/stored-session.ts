import type { Tokens, TokenStore } from "@projostack/sdk";
import type { CredentialsFile } from "./credentials-file.ts";
import { serverCredentials, type ServerCredentials, withServer } from "./credentials.ts";

/**
 * Token store of the SDK for one server. It reads and writes the credentials file, which all projo processes of the user
 * share. It stores only newer tokens of the session in the file: a sign-in also stores the email, so `storeSignIn` does it.
 */
export function storedSession(file: CredentialsFile, url: string): TokenStore {
  // The SDK calls this inside the lock, so it must not acquire the lock again.
  const change = async (update: (server: ServerCredentials) => ServerCredentials) => {
    const credentials = await file.read();
    const server = serverCredentials(credentials, url);
    if (server) await file.write(withServer(credentials, url, update(server)));
  };
  return {
    get: async () => serverCredentials(await file.read(), url)?.session,
    set: (tokens: Tokens) =>
      change((server) =>
        server.session?.sessionId === tokens.sessionId ? { ...server, session: tokens } : server,
      ),
    // Keep the email and the workspace for the next sign-in of the same user.
    clear: () => change(({ session: _, ...server }) => server),
    lock: (work) => file.lock(work),
  };
}
