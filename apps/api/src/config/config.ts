// All configuration, validated at start. This is the one file that knows the environment's names.
import { resolve } from "node:path";
import { PostgresAddressError, readPostgresAddress, type PostgresAddress } from "@projostack/db";
import { z } from "zod";
import type { ConnectionBounds } from "./connection-bounds.ts";
import { isNetwork } from "./is-network.ts";
import { type Mailbox, parseMailbox } from "../mail/mailbox.ts";
import { parseSmtpUrl, type SmtpAddress } from "../mail/smtp-address.ts";
import { parseRedisUrl } from "./redis-address.ts";
import { secretNames, withSecrets } from "./secrets.ts";
import { settingsTogether } from "./settings-together.ts";
import { reachOf } from "./unsafe-settings.ts";

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
  /** Addresses and networks of the proxies in front. */
  readonly trustedProxies: readonly string[];
  readonly connections: ConnectionBounds;
  readonly logLevel: (typeof logLevels)[number];
  readonly passwordMinLength: number;
  /** How many passwords are hashed at once; else as many as the machine can do beside its other work. */
  readonly argon2Parallel: number | null;
  /** The size of libuv's thread pool, on which they are hashed. */
  readonly libuvThreads: number;
}

export interface Quotas {
  readonly projects: number;
  readonly tasks: number;
  readonly members: number;
  readonly pendingInvites: number;
  /** That are active. */
  readonly serviceKeys: number;
}

/** The environment is not right. The message names each variable and what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const poolers = ["none", "transaction"] as const;

const environments = ["development", "production"] as const;

const logLevels = ["debug", "info", "warn", "error", "silent"] as const;

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);

const postgresUrl = z
  .string()
  .refine((value) => URL.canParse(value) && /^postgres(ql)?:\/\//.test(value))
  .transform((text, context) => {
    try {
      return readPostgresAddress(text);
    } catch (error) {
      if (!(error instanceof PostgresAddressError)) throw error;
      // It says what is wrong with the address, and never repeats it.
      context.addIssue({ code: "custom", params: { problem: error.message } });
      return z.NEVER;
    }
  });

/** A text that `parse` understands. */
const parsed = <T>(parse: (text: string) => T | null) =>
  z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: "custom" });
    return z.NEVER;
  });

function parseAppUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, username, password, search, hash, href } = new URL(text);
  const isPlain = username === "" && password === "" && search === "" && hash === "" && !/[?#]/.test(text);
  return isPlain && (protocol === "https:" || protocol === "http:") ? href.replace(/\/+$/, "") : null;
}

const factor = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,2})?$/)
  .transform(Number)
  .refine((value) => value >= 0.1 && value <= 1_000);

const networks = z
  .string()
  .transform((value) => value.split(",").map((network) => network.trim()))
  .refine((values) => values.every(isNetwork));

const BILLION = 1_000_000_000;
const quotaOf = (noun: string) => `the most ${noun} of one workspace, from 1 to ${BILLION}`;

const variables = {
  PROJO_ENV: [z.enum(environments).default("development"), `one of ${environments.join(", ")}`],
  HOST: [z.string().min(1).default("127.0.0.1"), "an address to listen on, such as 127.0.0.1"],
  PORT: [whole(0, 65_535).default(4000), "a port from 0 to 65535, such as 4000"],
  PROJO_DATA_DIR: [z.string().min(1).default(".projo"), "a directory, such as .projo"],
  DATABASE_URL: [
    postgresUrl.optional(),
    "an address such as postgres://projo_server:password@host:5432/projo",
  ],
  PROJO_DATABASE_OWNER_URL: [
    postgresUrl.optional(),
    "an address such as postgres://owner:password@host:5432/projo",
  ],
  PROJO_OPERATOR_DATABASE_URL: [
    postgresUrl.optional(),
    "an address such as postgres://projo_operations:password@host:5432/projo",
  ],
  PROJO_DATABASE_POOL: [whole(1, 500).default(16), "the most connections to open, from 1 to 500"],
  PROJO_DATABASE_POOLER: [
    z.enum(poolers).default("none"),
    `one of ${poolers.join(", ")}: the mode of the pooler that DATABASE_URL leads to`,
  ],
  PROJO_TOKEN_KEYS: [
    z.string().min(1).optional(),
    "one or more kid:key pairs, separated by commas (docs/configuration.md)",
  ],
  PROJO_MAIL: [z.enum(["files"]).optional(), "files, or left out where PROJO_SMTP_URL is set"],
  PROJO_SMTP_URL: [
    parsed(parseSmtpUrl).optional(),
    "an address such as smtps://user:password@host:465 (docs/configuration.md)",
  ],
  PROJO_MAIL_FROM: [parsed(parseMailbox).optional(), 'a sender such as "Engines <mail@example.com>"'],
  PROJO_APP_URL: [parsed(parseAppUrl).optional(), "an address such as https://app.example.com"],
  REDIS_URL: [
    parsed(parseRedisUrl).optional(),
    "an address such as rediss://:password@host:6379/0, which is encrypted; redis:// is for this machine, or ends in ?tls=off for a network that you trust",
  ],
  PROJO_LIMITS: [factor.default(1), "how many times the usual limits to grant, from 0.1 to 1000, such as 2"],
  PROJO_BUDGET_ACCOUNT: [
    whole(1_000, BILLION).default(60_000),
    "the points that an account may spend in a minute, from 1000 to 1000000000, such as 60000",
  ],
  PROJO_BUDGET_WORKSPACE: [
    whole(1_000, BILLION).default(240_000),
    "the points that a workspace may spend in a minute, from 1000 to 1000000000, such as 240000",
  ],
  PROJO_QUOTA_PROJECTS: [whole(1, BILLION).default(10_000), quotaOf("projects")],
  PROJO_QUOTA_TASKS: [whole(1, BILLION).default(1_000_000), quotaOf("tasks")],
  PROJO_QUOTA_MEMBERS: [whole(1, BILLION).default(5_000), quotaOf("members")],
  PROJO_QUOTA_INVITES: [whole(1, BILLION).default(1_000), quotaOf("pending invites")],
  PROJO_QUOTA_KEYS: [whole(1, BILLION).default(100), quotaOf("active service keys")],
  PROJO_TRUSTED_PROXIES: [
    networks.optional(),
    "the addresses or networks of your proxies, separated by commas, such as 10.0.0.5,10.1.0.0/16",
  ],
  PROJO_CONNECTIONS: [whole(10, 100_000).default(2_000), "the most connections at once, from 10 to 100000"],
  PROJO_CONNECTIONS_PER_ADDRESS: [
    whole(1, 100_000).default(200),
    "the most connections of one address, from 1 to 100000",
  ],
  PROJO_HEADERS_SECONDS: [whole(1, 600).default(10), "how long headers may take, from 1 to 600 seconds"],
  PROJO_REQUEST_SECONDS: [whole(1, 600).default(30), "how long a request may take, from 1 to 600 seconds"],
  PROJO_IDLE_SECONDS: [
    whole(1, 3_600).default(72),
    "how long to keep a connection without requests, from 1 to 3600 seconds",
  ],
  PROJO_UNREAD_SECONDS: [
    whole(1, 600).default(15),
    "how long an answer may stay unread, from 1 to 600 seconds",
  ],
  PROJO_UNREAD_MB: [
    whole(1, 10_000).default(64),
    "how many MB of answers may stay unread in all, from 1 to 10000",
  ],
  PROJO_INVITES_NEED_VERIFIED_EMAIL: [
    z.enum(["true", "false"]).default("true"),
    "true or false: whether only people with a verified address may invite",
  ],
  PROJO_LOG_LEVEL: [z.enum(logLevels).default("info"), `one of ${logLevels.join(", ")}`],
  PROJO_PASSWORD_MIN_LENGTH: [whole(8, 64).default(15), "a length from 8 to 64"],
  PROJO_ARGON2_PARALLEL: [whole(1, 256).optional(), "how many passwords to hash at once, from 1 to 256"],
  UV_THREADPOOL_SIZE: [whole(1, 1024).default(4), "Node's number of threads, from 1 to 1024"],
} as const;

/** The program that reads the configuration. The operator's program sends no mail and signs nothing. */
export type Program = "server" | "operator";

export function configFromEnvironment(program: Program = "server"): Config {
  return readConfig(process.env, program);
}

/** Reads and checks the configuration. @throws ConfigError that names every variable that is wrong */
export function readConfig(
  given: Readonly<Record<string, string | undefined>>,
  program: Program = "server",
): Config {
  const { env, problems, unread } = withSecrets(given);
  const isSet = (name: string): boolean => Boolean(env[name]) || unread.has(name);
  const read = <N extends keyof typeof variables>(name: N): z.output<(typeof variables)[N][0]> => {
    const [schema, expected] = variables[name];
    const result = schema.safeParse(env[name] === "" ? undefined : env[name]);
    if (result.success) return result.data as z.output<(typeof variables)[N][0]>;
    const got = secretNames.has(name) ? "" : `, not ${JSON.stringify(env[name])}`;
    const [issue] = result.error.issues;
    const problem: unknown = issue?.code === "custom" ? issue.params?.["problem"] : undefined;
    problems.push(`${name} ${typeof problem === "string" ? problem : `must be ${expected}${got}`}.`);
    return undefined as never;
  };
  const isProduction = read("PROJO_ENV") === "production";
  const host = read("HOST");
  const databaseUrl = read("DATABASE_URL") ?? null;
  const config: Config = {
    isLocal: reachOf({ isProduction, host, databaseUrl }) === null,
    host,
    port: read("PORT"),
    dataDir: resolve(read("PROJO_DATA_DIR") ?? ""),
    databaseUrl,
    databaseOwnerUrl: read("PROJO_DATABASE_OWNER_URL") ?? null,
    operatorDatabaseUrl: read("PROJO_OPERATOR_DATABASE_URL") ?? null,
    databasePoolSize: read("PROJO_DATABASE_POOL"),
    databasePooled: read("PROJO_DATABASE_POOLER") === "transaction",
    tokenKeys: env["PROJO_TOKEN_KEYS"] === "auto" ? null : (read("PROJO_TOKEN_KEYS") ?? null),
    smtp: read("PROJO_SMTP_URL") ?? null,
    mailFrom: read("PROJO_MAIL_FROM") ?? { name: "ProjoStack", address: "projostack@localhost" },
    appUrl: read("PROJO_APP_URL") ?? null,
    redisUrl: read("REDIS_URL") ?? null,
    limitsFactor: read("PROJO_LIMITS"),
    budgets: { account: read("PROJO_BUDGET_ACCOUNT"), workspace: read("PROJO_BUDGET_WORKSPACE") },
    quotas: {
      projects: read("PROJO_QUOTA_PROJECTS"),
      tasks: read("PROJO_QUOTA_TASKS"),
      members: read("PROJO_QUOTA_MEMBERS"),
      pendingInvites: read("PROJO_QUOTA_INVITES"),
      serviceKeys: read("PROJO_QUOTA_KEYS"),
    },
    invitesNeedVerifiedEmail: read("PROJO_INVITES_NEED_VERIFIED_EMAIL") === "true",
    trustedProxies: read("PROJO_TRUSTED_PROXIES") ?? [],
    connections: {
      inAll: read("PROJO_CONNECTIONS"),
      perAddress: read("PROJO_CONNECTIONS_PER_ADDRESS"),
      headersMs: read("PROJO_HEADERS_SECONDS") * 1_000,
      requestMs: read("PROJO_REQUEST_SECONDS") * 1_000,
      idleMs: read("PROJO_IDLE_SECONDS") * 1_000,
      unreadMs: read("PROJO_UNREAD_SECONDS") * 1_000,
      unreadBytes: read("PROJO_UNREAD_MB") * 1024 * 1024,
    },
    logLevel: read("PROJO_LOG_LEVEL"),
    passwordMinLength: read("PROJO_PASSWORD_MIN_LENGTH"),
    argon2Parallel: read("PROJO_ARGON2_PARALLEL") ?? null,
    libuvThreads: read("UV_THREADPOOL_SIZE"),
  };
  read("PROJO_MAIL");
  if (config.databaseOwnerUrl !== null && !isSet("DATABASE_URL")) {
    problems.push(
      "PROJO_DATABASE_OWNER_URL needs DATABASE_URL beside it: the login that the server itself uses.",
    );
  }
  if (config.connections.headersMs > config.connections.requestMs) {
    problems.push("PROJO_HEADERS_SECONDS must not be more than PROJO_REQUEST_SECONDS, which includes it.");
  }
  for (const name of ["PROJO_MAIL_FROM", "PROJO_APP_URL"] as const) {
    // Mail that leaves the machine must not come from nobody, nor lead to this machine's own address.
    if (config.smtp !== null && !env[name]) {
      problems.push(`PROJO_SMTP_URL needs ${name} beside it: ${variables[name][1]}.`);
    }
  }
  problems.push(...settingsTogether({ config, isProduction, env, isSet }, program));
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return config;
}
