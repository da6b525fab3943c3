// The settings of every connection of the server: times are in UTC, and statements, locks and transactions have time limits.
const settings = {
  timezone: "UTC",
  statement_timeout: "5000",
  // A write that waits for a lock occupies its connection no longer than another write waits for a connection.
  lock_timeout: "2000",
  idle_in_transaction_session_timeout: "15000",
} as const;

/** The settings as startup options of a connection. */
export const startOptions: string = Object.entries(settings)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(" ");

/** The startup options of a shared connection. Its shorter time limits end a read that waits for a lock or is not quick. */
export const sharedStartOptions = `${startOptions} -c lock_timeout=50 -c statement_timeout=2000`;

/**
 * The settings as SQL, for each transaction behind a pooler. A pooler rejects startup options, and a setting of the session
 * would stay in effect for the next client.
 */
export const messageSettings: readonly string[] = Object.entries(settings).map(
  ([name, value]) => `set_config('${name}', '${value}', true)`,
);
