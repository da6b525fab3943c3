// The settings of every connection of the server. Code outside this file relies on each of them, so a connection without one
// of them is closed (pool/settings-check.ts), and an address that changes one of them is refused.

export interface ServerSetting {
  /** The value as the server sets it. */
  readonly value: string;
  /** The value as PostgreSQL shows it. */
  readonly shown: string;
}

/** The settings that the server sets when it opens a connection. */
export const serverSettings = {
  // Times without a zone are in UTC.
  timezone: { value: "UTC", shown: "UTC" },
  // A statement, a lock and an idle transaction occupy a connection for a limited time.
  statement_timeout: { value: "5000", shown: "5s" },
  // A write that waits for a lock occupies its connection no longer than another write waits for a connection.
  lock_timeout: { value: "2000", shown: "2s" },
  idle_in_transaction_session_timeout: { value: "15000", shown: "15s" },
  // The driver reads and writes UTF-8 and dates in ISO order.
  client_encoding: { value: "UTF8", shown: "UTF8" },
  datestyle: { value: "ISO,MDY", shown: "ISO, MDY" },
  // Statements name tables without their schema.
  search_path: { value: "public", shown: "public" },
  // Locks and counts are correct at this level: each statement sees what other transactions have committed.
  default_transaction_isolation: { value: "read committed", shown: "read committed" },
} as const satisfies Readonly<Record<string, ServerSetting>>;

/** The settings that the login must not have changed. The server cannot set them, or a transaction sets them. */
export const untouchedSettings: Readonly<Record<string, string>> = {
  // Another value disables the triggers that protect the audit log.
  session_replication_role: "origin",
  // A workspace or user of the login would be in effect outside a scope.
  "app.workspace_id": "",
  "app.user_id": "",
};

/** An address may choose a stronger `synchronous_commit`, so the settings of durability are not among these. */
const RESERVED: ReadonlySet<string> = new Set([
  ...Object.keys(serverSettings),
  ...Object.keys(untouchedSettings),
  "default_transaction_read_only",
  "role",
  "row_security",
  "session_authorization",
  "transaction_isolation",
  "transaction_read_only",
  "transaction_timeout",
]);

/** Whether only the server may set this parameter of PostgreSQL on its connections. */
export const isServerSetting = (name: string): boolean =>
  RESERVED.has(name.toLowerCase()) || name.toLowerCase().startsWith("app.");
