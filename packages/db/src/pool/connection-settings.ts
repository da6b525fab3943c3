// The settings of every connection of the server: as startup options, or in each transaction behind a pooler.
import { serverSettings } from "../login/server-settings.ts";

const entries = Object.entries(serverSettings);

const asOption = (name: string, value: string): string =>
  `-c ${name}=${value.replaceAll(" ", String.raw`\ `)}`;

/** The settings as startup options of a connection. */
export const startOptions: string = entries.map(([name, { value }]) => asOption(name, value)).join(" ");

/** The shorter time limits of a shared connection. They end a read that waits for a lock or is not quick. */
export const sharedSettings = {
  lock_timeout: { value: "50", shown: "50ms" },
  statement_timeout: { value: "2000", shown: "2s" },
} as const;

/** The startup options of a shared connection. */
export const sharedStartOptions: string = [
  startOptions,
  ...Object.entries(sharedSettings).map(([name, { value }]) => asOption(name, value)),
].join(" ");

/**
 * The settings as SQL, for each transaction behind a pooler. A pooler rejects startup options, and a setting of the session
 * would stay in effect for the next client. The isolation level cannot be set here: each new connection checks its default.
 */
export const messageSettings: readonly string[] = entries
  .filter(([name]) => name !== "default_transaction_isolation")
  .map(([name, { value }]) => `set_config('${name}', '${value}', true)`);
