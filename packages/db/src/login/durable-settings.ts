// The settings of PostgreSQL without which it acknowledges a COMMIT that a crash can lose (PostgreSQL's documentation, "Write
// Ahead Log"). A server in production requires them on every connection (pool/settings-check.ts); elsewhere it logs a warning.

/**
 * What keeps a committed write: `postgres` when PostgreSQL writes it to its own disk, `storage` when PostgreSQL's storage is a
 * service that keeps it, so that the settings of the disk have no effect.
 */
export const durabilities = ["postgres", "storage"] as const;
export type Durability = (typeof durabilities)[number];

/** The values of `synchronous_commit` with which a COMMIT waits for the write-ahead log. */
const synchronousCommit = ["on", "local", "remote_write", "remote_apply"] as const;

/** The accepted values of each setting, as PostgreSQL shows them. */
export const durableSettings: Readonly<Record<Durability, Readonly<Record<string, readonly string[]>>>> = {
  postgres: { synchronous_commit: synchronousCommit, fsync: ["on"], full_page_writes: ["on"] },
  storage: { synchronous_commit: synchronousCommit },
};

/** The names of all of these settings. */
export const durableSettingNames: readonly string[] = Object.keys(durableSettings.postgres);

/**
 * Describes the settings with which a crash can lose acknowledged writes, such as "synchronous_commit is off".
 * @param actual the values by name
 * @returns null when there are none
 */
export function lossySettings(
  actual: Readonly<Record<string, string>>,
  durability: Durability,
): string | null {
  const wrong = Object.entries(durableSettings[durability]).filter(
    ([name, accepted]) => !accepted.includes(actual[name] ?? ""),
  );
  return wrong.length === 0 ? null : wrong.map(([name]) => `${name} is ${actual[name]}`).join(" and ");
}
