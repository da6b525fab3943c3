// What holds on every connection of the server's: times are UTC, and no statement and no transaction lasts for ever.
const settings = {
  timezone: "UTC",
  statement_timeout: "5000",
  // A change that waits for somebody else's lock keeps its connection for no longer than another change waits for one.
  lock_timeout: "2000",
  idle_in_transaction_session_timeout: "15000",
} as const;

/** Asked for once, when a connection starts. */
export const startOptions: string = Object.entries(settings)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(" ");

/** The same on a connection that quick reads share: a lock is reported at once, and what is not quick ends before long. */
export const sharedStartOptions = `${startOptions} -c lock_timeout=50 -c statement_timeout=2000`;

/**
 * Asked for by each transaction, where a pooler shares the connections: it refuses what is asked for at the start, and
 * what one transaction left behind the next would find.
 */
export const messageSettings: readonly string[] = Object.entries(settings).map(
  ([name, value]) => `set_config('${name}', '${value}', true)`,
);
