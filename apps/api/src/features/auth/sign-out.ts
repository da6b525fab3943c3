import type { Services } from "../../rpc/services.ts";

/** Ends the session of the token. Whoever is signed out already is signed out; a database that is down is an error. */
export async function signOut({ sessions }: Services, token: string | null): Promise<Record<string, never>> {
  if (token !== null) await sessions.end(token);
  return {};
}
