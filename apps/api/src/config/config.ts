// Reads and validates all configuration at the start. Only this file reads the environment.
import { resolve } from "node:path";
import type { z } from "zod";
import { secretNames, readSecrets } from "./secrets.ts";
import type { Config, Program } from "./settings.ts";
import { combinationProblems } from "./combination-problems.ts";
import { reachOf } from "./unsafe-settings.ts";
import { variables } from "./variables.ts";

/** The configuration is invalid. The message names each variable and how to correct it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** @throws ConfigError when the path is relative and the working directory was deleted */
function absolute(path: string): string {
  try {
    return resolve(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    throw new ConfigError(
      `PROJO_DATA_DIR is the relative path ${path}, and the working directory no longer exists. Change to another directory, or set an absolute path.`,
      { cause: error },
    );
  }
}

export function configFromEnvironment(program: Program = "server"): Config {
  return readConfig(process.env, program);
}

/** The environment of this process, for the doctor. */
export const processEnvironment = (): Readonly<Record<string, string | undefined>> => process.env;

/** Reads and validates the configuration. @throws ConfigError with a line for each wrong variable */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  program: Program = "server",
): Config {
  const { env, problems, unread } = readSecrets(environment);
  const isSet = (name: string): boolean => Boolean(env[name]) || unread.has(name);
  const read = <N extends keyof typeof variables>(name: N): z.output<(typeof variables)[N][0]> => {
    const [schema, expected] = variables[name];
    const result = schema.safeParse(env[name] === "" ? undefined : env[name]);
    if (result.success) return result.data as z.output<(typeof variables)[N][0]>;
    const actual = secretNames.has(name) ? "" : `, not ${JSON.stringify(env[name])}`;
    const [issue] = result.error.issues;
    const problem: unknown = issue?.code === "custom" ? issue.params?.["problem"] : undefined;
    problems.push(`${name} ${typeof problem === "string" ? problem : `must be ${expected}${actual}`}.`);
    return undefined as never;
  };
  const isProduction = read("PROJO_ENV") === "production";
  const host = read("HOST");
  const databaseUrl = read("DATABASE_URL") ?? null;
  const config: Config = {
    isLocal: reachOf({ isProduction, host, databaseUrl }) === null,
    host,
    port: read("PORT"),
    dataDir: absolute(read("PROJO_DATA_DIR") ?? ""),
    databaseUrl,
    databaseOwnerUrl: read("PROJO_DATABASE_OWNER_URL") ?? null,
    operatorDatabaseUrl: read("PROJO_OPERATOR_DATABASE_URL") ?? null,
    databasePoolSize: Math.min(read("PROJO_DATABASE_POOL"), databaseUrl?.connectionLimit ?? Infinity),
    databasePooled: read("PROJO_DATABASE_POOLER") === "transaction" || databaseUrl?.isPooler === true,
    tokenKeys: env["PROJO_TOKEN_KEYS"] === "auto" ? null : (read("PROJO_TOKEN_KEYS") ?? null),
    smtp: read("PROJO_SMTP_URL") ?? null,
    mailFrom: read("PROJO_MAIL_FROM") ?? { name: "ProjoStack", address: "projostack@localhost" },
    notices: read("PROJO_MAIL_NOTICES"),
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
    usesFastPath: read("PROJO_FAST_PATH") === "true",
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
    // Mail that leaves the machine needs a sender, and its links must not point to this machine.
    if (config.smtp !== null && !env[name]) {
      problems.push(`PROJO_SMTP_URL needs ${name} beside it: ${variables[name][1]}.`);
    }
  }
  problems.push(...combinationProblems({ config, isProduction, env, isSet }, program));
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return config;
}
