import type { PostgresAddress } from "@projostack/db";
import type { Mailbox } from "../mail/mailbox.ts";
import type { SmtpAddress } from "../mail/smtp-address.ts";
import type { LogLevel } from "../runtime/log.ts";
import type { Quotas } from "../limits/quotas/quotas.ts";
import type { ConnectionBounds } from "./connection-bounds.ts";

export interface Config {
  /** Whether only this machine reaches the server and its database, outside production: a developer's, most likely. */
  readonly isLocal: boolean;
  readonly host: string;
  readonly port: number;
  /** Where the embedded database, keys and mail are kept. */
  readonly dataDir: string;
  /** A PostgreSQL of one's own, by the server's login; else the embedded one is started. */
  readonly databaseUrl: PostgresAddress | null;
  /** A login that owns that database, with which the server migrates it at its start; else an operator does. */
  readonly databaseOwnerUrl: PostgresAddress | null;
  /** The login for an operator's acts, which no server uses. */
  readonly operatorDatabaseUrl: PostgresAddress | null;
  readonly databasePoolSize: number;
  /** Whether that address is a pooler's, which lends a connection for one transaction and keeps nothing on it. */
  readonly databasePooled: boolean;
  /** `kid:key` pairs, newest first; else keys are made once under the data directory. */
  readonly tokenKeys: string | null;
  /** The server that takes mail; else mail is written to files under the data directory. */
  readonly smtp: SmtpAddress | null;
  readonly mailFrom: Mailbox;
  /** Where people reach the application, without a slash at its end; else the server itself. Mailed links begin with it. */
  readonly appUrl: string | null;
  /** Where limits are counted for all servers together; else each counts for itself. */
  readonly redisUrl: string | null;
  /** How many times what the table of limits grants. */
  readonly limitsFactor: number;
  /** The points that an account, or a service key, may spend in a minute, and that a workspace may. */
  readonly budgets: { readonly account: number; readonly workspace: number };
  /** How many of each a workspace may have. */
  readonly quotas: Quotas;
  /** Whether only people whose address is verified may invite others. */
  readonly invitesNeedVerifiedEmail: boolean;
  /** Whether the shortcuts for speed are used: the fast path, prefetching and single-message changes. */
  readonly usesFastPath: boolean;
  /** Addresses and networks of the proxies in front. */
  readonly trustedProxies: readonly string[];
  readonly connections: ConnectionBounds;
  readonly logLevel: LogLevel;
  readonly passwordMinLength: number;
  /** How many passwords are hashed at once; else as many as the machine can do beside its other work. */
  readonly argon2Parallel: number | null;
  /** The size of libuv's thread pool, on which they are hashed. */
  readonly libuvThreads: number;
}

/** The program that reads the configuration. The operator's program sends no mail and signs nothing. */
export type Program = "server" | "operator";
