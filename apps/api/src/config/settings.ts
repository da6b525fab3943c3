import type { DatabaseLayout, Durability, PostgresAddress } from "@projostack/db";
import type { Mailbox } from "../mail/mailbox.ts";
import type { SmtpAddress } from "../mail/smtp-address.ts";
import type { TracingProtocol } from "../observe/tracing/protocols.ts";
import type { LogLevel } from "../runtime/log.ts";
import type { ReplicaSettings } from "../runtime/replica.ts";
import type { Quotas } from "../limits/quotas/quotas.ts";
import type { MailNotices } from "../mail/mail-notices.ts";
import type { ConnectionBounds } from "./connection-bounds.ts";

export interface Config {
  /** Whether only this machine can reach the server and its database, and PROJO_ENV is not production. */
  readonly isLocal: boolean;
  /** Whether PROJO_ENV is production. */
  readonly isProduction: boolean;
  /** What the operator should know about accepted settings, one line each. */
  readonly warnings: readonly string[];
  readonly host: string;
  readonly port: number;
  /** The directory of the embedded database, the keys and the mails. */
  readonly dataDir: string;
  /** The PostgreSQL server, with the server's login; null to start the embedded one. */
  readonly databaseUrl: PostgresAddress | null;
  /**
   * The login that owns the database, with which the server migrates it at the start; null when an operator migrates it.
   */
  readonly databaseOwnerUrl: PostgresAddress | null;
  /** The operator's login. Only the operator's program uses it. */
  readonly operatorDatabaseUrl: PostgresAddress | null;
  readonly databasePoolSize: number;
  /** Whether `databaseUrl` is the address of a pooler in transaction mode. */
  readonly databasePooled: boolean;
  /** Where the rows of workspaces are. */
  readonly databaseLayout: DatabaseLayout;
  /** What keeps a committed write when PostgreSQL crashes. */
  readonly databaseDurability: Durability;
  /** The standby that may answer reads; null without one. */
  readonly databaseReplica: ReplicaSettings | null;
  /** `kid:key` pairs, newest first; null to use keys in the data directory, which are created at the first start. */
  readonly tokenKeys: string | null;
  /** The SMTP server; null to write mail to files in the data directory. */
  readonly smtp: SmtpAddress | null;
  readonly mailFrom: Mailbox;
  readonly notices: MailNotices;
  /** The application's URL without a trailing slash, with which mailed links begin; null to use the URL of the server. */
  readonly appUrl: string | null;
  /** The domain of the session cookie, which its hosts share; null for a cookie of the server's host alone. */
  readonly cookieDomain: string | null;
  /** The origins whose pages may call the server and read its answers, in the form that browsers send. */
  readonly allowedOrigins: readonly string[];
  /** The Redis that counts limits for all servers; null to count in each server separately. */
  readonly redisUrl: string | null;
  /** The factor by which every rate limit is multiplied. */
  readonly limitsFactor: number;
  /** The points per minute of an account or service key, and of a workspace. */
  readonly budgets: { readonly account: number; readonly workspace: number };
  /** The quotas of a workspace. */
  readonly quotas: Quotas;
  /** Whether only users with a verified email address may invite others. */
  readonly invitesNeedVerifiedEmail: boolean;
  /** Whether the shortcuts for speed are used: the fast path, prefetching and single-message changes. */
  readonly usesFastPath: boolean;
  /** Whether the server sends the page /docs. */
  readonly servesDocs: boolean;
  /** The directory of the built web application, absolute; null when the server does not serve it. */
  readonly webDirectory: WebDirectorySetting | null;
  /** The addresses and networks of trusted proxies. */
  readonly trustedProxies: readonly string[];
  readonly connections: ConnectionBounds;
  /** How long a server that was told to stop is not ready and still serves. */
  readonly drainMs: number;
  readonly logLevel: LogLevel;
  /** The address of the separate port with /metrics; null to open none. */
  readonly metricsAddress: { readonly host: string; readonly port: number } | null;
  /** The token with which /metrics can be read on the server's own port; null to serve it there to no one. */
  readonly metricsToken: string | null;
  /** Null when traces are off. The SDK of OpenTelemetry reads its other variables itself. */
  readonly tracing: { readonly protocol: TracingProtocol; readonly url: string } | null;
  readonly passwordMinLength: number;
  /** The number of concurrent password hashes; null to derive it from the cores and threads. */
  readonly argon2Parallel: number | null;
  /** The size of libuv's thread pool, which hashes passwords. */
  readonly libuvThreads: number;
}

export interface WebDirectorySetting {
  readonly path: string;
  /** Whether PROJO_WEB_DIR names it. The default directory may be absent. */
  readonly isChosen: boolean;
}

/** The program that reads the configuration. The operator's program needs neither keys nor a mail server. */
export type Program = "server" | "operator";
