// All configuration, validated at start. This is the one file that knows the environment's names.
import { resolve } from "node:path";
import { z } from "zod";
import { isNetwork } from "./is-network.ts";
import { type Mailbox, parseMailbox } from "../infra/mail/mailbox.ts";
import { parseSmtpUrl, type SmtpAddress } from "../infra/mail/smtp-address.ts";

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Where the embedded database, keys and mail are kept. */
  readonly dataDir: string;
  /** A PostgreSQL of one's own, by the server's login; else the embedded one is started. */
  readonly databaseUrl: string | null;
  /** A login that owns that database, with which the server migrates it at its start; else an operator does. */
  readonly databaseOwnerUrl: string | null;
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
  /** Whether only people whose address is verified may invite others. */
  readonly invitesNeedVerifiedEmail: boolean;
  /** Addresses and networks of the proxies in front. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: (typeof logLevels)[number];
  readonly passwordMinLength: number;
  /** How many passwords are hashed at once; else as many as the machine can do beside its other work. */
  readonly argon2Parallel: number | null;
  /** The size of libuv's thread pool, on which they are hashed. */
  readonly libuvThreads: number;
}

/** The environment is not right. The message names each variable and what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const poolers = ["none", "transaction"] as const;

const logLevels = ["debug", "info", "warn", "error", "silent"] as const;

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);

const postgresUrl = z.string().refine((value) => URL.canParse(value) && /^postgres(ql)?:\/\//.test(value));

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

const redisUrl = z.string().refine((value) => URL.canParse(value) && /^rediss?:\/\//.test(value));

const factor = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,2})?$/)
  .transform(Number)
  .refine((value) => value >= 0.1 && value <= 1_000);

const networks = z
  .string()
  .transform((value) => value.split(",").map((network) => network.trim()))
  .refine((values) => values.every(isNetwork));

const variables = {
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
  PROJO_DATABASE_POOL: [whole(1, 500).default(16), "the most connections to open, from 1 to 500"],
  PROJO_DATABASE_POOLER: [
    z.enum(poolers).default("none"),
    `one of ${poolers.join(", ")}: the mode of the pooler that DATABASE_URL leads to`,
  ],
  PROJO_TOKEN_KEYS: [
    z.string().min(1).optional(),
    "one or more kid:key pairs, separated by commas (docs/configuration.md)",
  ],
  PROJO_SMTP_URL: [
    parsed(parseSmtpUrl).optional(),
    "an address such as smtps://user:password@host:465 (docs/configuration.md)",
  ],
  PROJO_MAIL_FROM: [parsed(parseMailbox).optional(), 'a sender such as "Engines <mail@example.com>"'],
  PROJO_APP_URL: [parsed(parseAppUrl).optional(), "an address such as https://app.example.com"],
  REDIS_URL: [redisUrl.optional(), "an address such as redis://:password@host:6379/0, or rediss:// for TLS"],
  PROJO_LIMITS: [factor.default(1), "how many times the usual limits to grant, from 0.1 to 1000, such as 2"],
  PROJO_TRUSTED_PROXIES: [
    networks.optional(),
    "the addresses or networks of your proxies, separated by commas, such as 10.0.0.5,10.1.0.0/16",
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

// Values of these may hold passwords or keys, and are not repeated in messages.
const SECRET = new Set([
  "DATABASE_URL",
  "PROJO_DATABASE_OWNER_URL",
  "PROJO_TOKEN_KEYS",
  "PROJO_SMTP_URL",
  "REDIS_URL",
]);

export function configFromEnvironment(): Config {
  return readConfig(process.env);
}

/** Reads and checks the configuration. @throws ConfigError that names every variable that is wrong */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const read = <N extends keyof typeof variables>(name: N): z.output<(typeof variables)[N][0]> => {
    const [schema, expected] = variables[name];
    const result = schema.safeParse(env[name] === "" ? undefined : env[name]);
    if (result.success) return result.data as z.output<(typeof variables)[N][0]>;
    const got = SECRET.has(name) ? "" : `, not ${JSON.stringify(env[name])}`;
    problems.push(`${name} must be ${expected}${got}.`);
    return undefined as never;
  };
  const config: Config = {
    host: read("HOST"),
    port: read("PORT"),
    dataDir: resolve(read("PROJO_DATA_DIR") ?? ""),
    databaseUrl: read("DATABASE_URL") ?? null,
    databaseOwnerUrl: read("PROJO_DATABASE_OWNER_URL") ?? null,
    databasePoolSize: read("PROJO_DATABASE_POOL"),
    databasePooled: read("PROJO_DATABASE_POOLER") === "transaction",
    tokenKeys: read("PROJO_TOKEN_KEYS") ?? null,
    smtp: read("PROJO_SMTP_URL") ?? null,
    mailFrom: read("PROJO_MAIL_FROM") ?? { name: "ProjoStack", address: "projostack@localhost" },
    appUrl: read("PROJO_APP_URL") ?? null,
    redisUrl: read("REDIS_URL") ?? null,
    limitsFactor: read("PROJO_LIMITS"),
    invitesNeedVerifiedEmail: read("PROJO_INVITES_NEED_VERIFIED_EMAIL") === "true",
    trustedProxies: read("PROJO_TRUSTED_PROXIES") ?? [],
    logLevel: read("PROJO_LOG_LEVEL"),
    passwordMinLength: read("PROJO_PASSWORD_MIN_LENGTH"),
    argon2Parallel: read("PROJO_ARGON2_PARALLEL") ?? null,
    libuvThreads: read("UV_THREADPOOL_SIZE"),
  };
  if (config.databaseOwnerUrl !== null && config.databaseUrl === null) {
    problems.push(
      "PROJO_DATABASE_OWNER_URL needs DATABASE_URL beside it: the login that the server itself uses.",
    );
  }
  for (const name of ["PROJO_MAIL_FROM", "PROJO_APP_URL"] as const) {
    // Mail that leaves the machine must not come from nobody, nor lead to this machine's own address.
    if (config.smtp !== null && !env[name]) {
      problems.push(`PROJO_SMTP_URL needs ${name} beside it: ${variables[name][1]}.`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return config;
}
