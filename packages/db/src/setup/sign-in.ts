import pg from "pg";
import type { PostgresTarget } from "../login/postgres-address.ts";
import { openClient } from "../login/with-owner.ts";

/**
 * Signs in at the first of the targets that answers. A target that cannot be reached from here does not count.
 * @returns null if the login succeeds, otherwise the reason
 */
export async function signInProblem(targets: readonly PostgresTarget[]): Promise<string | null> {
  let reason = "no address was given";
  for (const target of targets) {
    const client = openClient(target, "projostack-migrate");
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

/** Whether PostgreSQL asked for the password by SCRAM and accepted it. Without a password, or by other methods, it has no verifier. */
export async function hasPassword(target: PostgresTarget): Promise<boolean> {
  const client = openClient(target, "projostack-migrate");
  let isVerified = false;
  client.connection.on("authenticationSASLFinal", () => (isVerified = true));
  try {
    await client.connect();
    return isVerified;
  } catch {
    // A login that cannot be tried gets its password again.
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
