import type { Durability, PostgresAddress } from "@projostack/db";
import type { SmtpAddress } from "../mail/smtp-address.ts";
import { KeyRingError, parseKeyRing, type KeyRing } from "../identity/key-ring.ts";
import type { Limiter } from "../servers/server-conflicts.ts";
import { ConfigError, readConfig } from "./config.ts";
import { limiterOf } from "./limiter-of.ts";
import { readSecrets } from "./secrets.ts";
import { reachOf } from "./unsafe-settings.ts";
import { variables } from "./variables.ts";

/** What an environment says, as far as it is valid: each setting is read without the others. */
export interface InspectedEnvironment {
  /** A line for each problem with which the server would not start. */
  readonly problems: readonly string[];
  /** A line for each accepted setting that the operator should know about; empty when there are problems. */
  readonly warnings: readonly string[];
  /** What a starting server compares with the living ones; null when it would not compare itself. */
  readonly compared: ComparedEnvironment | null;
  readonly server: PostgresAddress | null;
  readonly replica: PostgresAddress | null;
  readonly replicaMaxLagMs: number;
  readonly owner: PostgresAddress | null;
  readonly operator: PostgresAddress | null;
  /** Whether DATABASE_URL is present, valid or not. */
  readonly isDatabaseSet: boolean;
  readonly isPooled: boolean;
  readonly poolSize: number;
  readonly durability: Durability;
  readonly isProduction: boolean;
  readonly redisUrl: string | null;
  readonly smtp: SmtpAddress | null;
  readonly dataDir: string | null;
}

export interface ComparedEnvironment {
  readonly isProduction: boolean;
  readonly keys: KeyRing | null;
  readonly limiter: Limiter;
  readonly redisUrl: string | null;
}

export function inspectEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): InspectedEnvironment {
  const { env, unread } = readSecrets(environment);
  const read = <T>(
    name: keyof typeof variables,
    parse: (value: unknown) => { data?: T | undefined },
  ): T | null => parse(env[name] || undefined).data ?? null;
  const server = read("DATABASE_URL", (value) => variables.DATABASE_URL.schema.safeParse(value));
  const pooler = read("PROJO_DATABASE_POOLER", (value) =>
    variables.PROJO_DATABASE_POOLER.schema.safeParse(value),
  );
  const size = read("PROJO_DATABASE_POOL", (value) => variables.PROJO_DATABASE_POOL.schema.safeParse(value));
  const redisUrl = read("REDIS_URL", (value) => variables.REDIS_URL.schema.safeParse(value));
  const host = read("HOST", (value) => variables.HOST.schema.safeParse(value)) ?? "";
  const isProduction = env["PROJO_ENV"] === "production";
  const durability = read("PROJO_DATABASE_DURABILITY", (value) =>
    variables.PROJO_DATABASE_DURABILITY.schema.safeParse(value),
  );
  const isAlone = reachOf({ isProduction, host, databaseUrl: server }) === null;
  return {
    ...findingsOf(environment),
    compared: isAlone
      ? null
      : { isProduction, keys: keysOf(env["PROJO_TOKEN_KEYS"]), limiter: limiterOf(redisUrl), redisUrl },
    server,
    replica: read("PROJO_DATABASE_REPLICA_URL", (value) =>
      variables.PROJO_DATABASE_REPLICA_URL.schema.safeParse(value),
    ),
    replicaMaxLagMs:
      read("PROJO_DATABASE_REPLICA_MAX_LAG_MS", (value) =>
        variables.PROJO_DATABASE_REPLICA_MAX_LAG_MS.schema.safeParse(value),
      ) ?? 0,
    owner: read("PROJO_DATABASE_OWNER_URL", (value) =>
      variables.PROJO_DATABASE_OWNER_URL.schema.safeParse(value),
    ),
    operator: read("PROJO_OPERATOR_DATABASE_URL", (value) =>
      variables.PROJO_OPERATOR_DATABASE_URL.schema.safeParse(value),
    ),
    isDatabaseSet: Boolean(env["DATABASE_URL"]) || unread.has("DATABASE_URL"),
    isPooled: pooler === "transaction" || server?.isPooler === true,
    poolSize: Math.min(size ?? 16, server?.connectionLimit ?? Infinity),
    durability: durability ?? "postgres",
    isProduction,
    redisUrl,
    smtp: read("PROJO_SMTP_URL", (value) => variables.PROJO_SMTP_URL.schema.safeParse(value)),
    dataDir: read("PROJO_DATA_DIR", (value) => variables.PROJO_DATA_DIR.schema.safeParse(value)),
  };
}

function findingsOf(
  environment: Readonly<Record<string, string | undefined>>,
): Pick<InspectedEnvironment, "problems" | "warnings"> {
  try {
    return { problems: [], warnings: readConfig(environment).warnings };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.message.split("\n"), warnings: [] };
    throw error;
  }
}

function keysOf(text: string | undefined): KeyRing | null {
  try {
    return text === undefined || text === "" ? null : parseKeyRing(text);
  } catch (error) {
    // `auto`, or keys that the problems name.
    if (error instanceof KeyRingError) return null;
    throw error;
  }
}
