import pg from "pg";
import type { PostgresAddress } from "../login/postgres-address.ts";

/**
 * Signs in at the first of the targets that answers. A target that cannot be reached from here does not count.
 * @returns null if the login succeeds, otherwise the reason
 */
export async function signInProblem(targets: readonly pg.ClientConfig[]): Promise<string | null> {
  let reason = "no address was given";
  for (const target of targets) {
    const client = new pg.Client({ connectionTimeoutMillis: 5_000, ...target });
    // A broken connection fails the sign-in. Without a listener, the event would end the process.
    client.on("error", () => {});
    try {
      await client.connect();
      return null;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      // 28: PostgreSQL rejected the login.
      if (error instanceof pg.DatabaseError && error.code?.startsWith("28")) return reason;
    } finally {
      await client.end().catch(() => {});
    }
  }
  return reason;
}

/** The owner's address with another login. @returns nothing if the address cannot name a login, because it has no host */
export function besideOwner(
  { target }: PostgresAddress,
  { user, password = "" }: { readonly user: string; readonly password?: string | undefined },
): pg.ClientConfig[] {
  const url = new URL(target.connectionString);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return url.username === "" ? [] : [{ connectionString: url.href, ssl: target.ssl }];
}
