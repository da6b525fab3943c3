// The environment variables: the schema of each value, its default, and the expected form for error messages.
import { PostgresAddressError, readPostgresAddress } from "@projostack/db";
import { z } from "zod";
import { noticeNames, parseMailNotices } from "../mail/mail-notices.ts";
import { parseMailbox } from "../mail/mailbox.ts";
import { parseSmtpUrl } from "../mail/smtp-address.ts";
import { logLevels } from "../runtime/log.ts";
import { isNetwork } from "./is-network.ts";
import { parseRedisUrl } from "./parse-redis-url.ts";

const poolers = ["none", "transaction"] as const;

const environments = ["development", "production"] as const;

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);

const postgresUrl = z.string().transform((text, context) => {
  try {
    return readPostgresAddress(text);
  } catch (error) {
    if (!(error instanceof PostgresAddressError)) throw error;
    // The message describes the problem without repeating the address.
    context.addIssue({ code: "custom", params: { problem: error.message } });
    return z.NEVER;
  }
});

/** A schema for text that `parse` accepts. */
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

export const variables = {
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
  PROJO_MAIL_NOTICES: [
    parsed(parseMailNotices).default({ removed: true, roleChanged: true }),
    `${noticeNames.join(", ")}, both separated by a comma, or none`,
  ],
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
  PROJO_FAST_PATH: [
    z.enum(["true", "false"]).default("true"),
    "true or false: whether ordinary calls take the fast path",
  ],
  PROJO_LOG_LEVEL: [z.enum(logLevels).default("info"), `one of ${logLevels.join(", ")}`],
  PROJO_PASSWORD_MIN_LENGTH: [whole(8, 64).default(15), "a length from 8 to 64"],
  PROJO_ARGON2_PARALLEL: [whole(1, 256).optional(), "how many passwords to hash at once, from 1 to 256"],
  UV_THREADPOOL_SIZE: [whole(1, 1024).default(4), "Node's number of threads, from 1 to 1024"],
} as const;
