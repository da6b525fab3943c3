import type { PostgresAddress } from "@projostack/db";
import type { SmtpAddress } from "../mail/smtp-address.ts";
import { ConfigError, readConfig } from "./config.ts";
import { readSecrets } from "./secrets.ts";
import { variables } from "./variables.ts";

/** What an environment says, as far as it is valid: each setting is read without the others. */
export interface InspectedEnvironment {
  /** A line for each problem with which the server would not start. */
  readonly problems: string[];
  readonly server: PostgresAddress | null;
  readonly owner: PostgresAddress | null;
  readonly operator: PostgresAddress | null;
  /** Whether DATABASE_URL is present, valid or not. */
  readonly isDatabaseSet: boolean;
  readonly isPooled: boolean;
  readonly poolSize: number;
  readonly redisUrl: string | null;
  readonly smtp: SmtpAddress | null;
  readonly dataDir: string | null;
}

export function inspectEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): InspectedEnvironment {
  const { env, unread } = readSecrets(environment);
  const read = <T>(
    name: keyof typeof variables,
    parse: (value: unknown) => { data?: T | undefined },
  ): T | null => parse(env[name] || undefined).data ?? null;
  const server = read("DATABASE_URL", (value) => variables.DATABASE_URL[0].safeParse(value));
  const pooler = read("PROJO_DATABASE_POOLER", (value) =>
    variables.PROJO_DATABASE_POOLER[0].safeParse(value),
  );
  const size = read("PROJO_DATABASE_POOL", (value) => variables.PROJO_DATABASE_POOL[0].safeParse(value));
  return {
    problems: problemsOf(environment),
    server,
    owner: read("PROJO_DATABASE_OWNER_URL", (value) =>
      variables.PROJO_DATABASE_OWNER_URL[0].safeParse(value),
    ),
    operator: read("PROJO_OPERATOR_DATABASE_URL", (value) =>
      variables.PROJO_OPERATOR_DATABASE_URL[0].safeParse(value),
    ),
    isDatabaseSet: Boolean(env["DATABASE_URL"]) || unread.has("DATABASE_URL"),
    isPooled: pooler === "transaction" || server?.isPooler === true,
    poolSize: Math.min(size ?? 16, server?.connectionLimit ?? Infinity),
    redisUrl: read("REDIS_URL", (value) => variables.REDIS_URL[0].safeParse(value)),
    smtp: read("PROJO_SMTP_URL", (value) => variables.PROJO_SMTP_URL[0].safeParse(value)),
    dataDir: read("PROJO_DATA_DIR", (value) => variables.PROJO_DATA_DIR[0].safeParse(value)),
  };
}

function problemsOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
}
