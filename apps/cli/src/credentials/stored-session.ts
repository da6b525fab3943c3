import type { Tokens, TokenStore } from "@projostack/sdk";
import type { CredentialsFile } from "./credentials-file.ts";
import { type Account, accountOf, withAccount } from "./credentials.ts";

/**
 * Token store of the SDK for one account. It reads and writes the credentials file, which all projo processes of the user
 * share. It stores only newer tokens of the session in the file: a sign-in also stores the email, so `storeSignIn` does it.
 */
export function storedSession(file: CredentialsFile, account: { url: string; email: string }): TokenStore {
  const { url, email } = account;
  // The SDK calls this inside the lock, so it must not acquire the lock again.
  const change = async (update: (stored: Account) => Account) => {
    const credentials = await file.read();
    const stored = accountOf(credentials, url, email);
    if (stored) await file.write(withAccount(credentials, account, update(stored)));
  };
  return {
    get: async () => accountOf(await file.read(), url, email)?.session,
    set: (tokens: Tokens) =>
      change((stored) =>
        stored.session?.sessionId === tokens.sessionId ? { ...stored, session: tokens } : stored,
      ),
    // Keep the email and the workspace for the next sign-in of the same user.
    clear: () => change(({ session: _, ...stored }) => stored),
    lock: (work) => file.lock(work),
  };
}

/**
 * The same store for a sign-out, which keeps the tokens. The SDK deletes the tokens when it cannot reach the server, and then nobody
 * could end the session.
 */
export function keptSession(file: CredentialsFile, account: { url: string; email: string }): TokenStore {
  return { ...storedSession(file, account), clear: () => {} };
}
