// Reads and validates all configuration at the start. The program passes its environment.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { secretNames, readSecrets } from "./secrets.ts";
import type { Config, Program, WebDirectorySetting } from "./settings.ts";
import { combinationProblems, settingWarnings } from "./combination-problems.ts";
import { reachOf } from "./unsafe-settings.ts";
import { variables, type ValueOf, type VariableName } from "./variables.ts";

/** The configuration is invalid. The message names each variable and how to correct it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** @throws ConfigError when the path is relative and the working directory was deleted */
function absolute(name: string, path: string): string {
  try {
    return resolve(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    throw new ConfigError(
      `${name} is the relative path ${path}, and the working directory no longer exists. Change to another directory, or set an absolute path.`,
      { cause: error },
    );
  }
}

/** Where the build of apps/web is, seen from the sources and from the build of this file. */
const BUILT_WEB = new URL("../../../web/dist", import.meta.url);

const webDirectoryOf = (chosen: string | undefined): WebDirectorySetting =>
  chosen === undefined
    ? { path: fileURLToPath(BUILT_WEB), isChosen: false }
    : { path: absolute("PROJO_WEB_DIR", chosen), isChosen: true };

/** In production a balancer needs this time to notice that the server stops. In development there is none. */
const DRAIN_SECONDS = 5;

const addressOf = (host: string, port: number | undefined): Config["metricsAddress"] =>
  port === undefined ? null : { host, port };

type Read = <N extends VariableName>(name: N) => ValueOf<N>;

function tracingOf(read: Read): Config["tracing"] {
  const endpoint = read("OTEL_EXPORTER_OTLP_ENDPOINT");
  const url =
    read("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? (endpoint && `${endpoint.replace(/\/+$/, "")}/v1/traces`);
  const common = read("OTEL_EXPORTER_OTLP_PROTOCOL");
  const protocol = read("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? common;
  const isOff = read("OTEL_SDK_DISABLED") === "true" || read("OTEL_TRACES_EXPORTER") === "none";
  return url === undefined || isOff ? null : { protocol, url };
}

function replicaOf(read: Read): Config["databaseReplica"] {
  const address = read("PROJO_DATABASE_REPLICA_URL");
  const poolSize = read("PROJO_DATABASE_REPLICA_POOL");
  const maxLagMs = read("PROJO_DATABASE_REPLICA_MAX_LAG_MS");
  if (address === undefined) return null;
  const { isPooler: isPooled, connectionLimit } = address;
  return { address, poolSize: Math.min(poolSize, connectionLimit ?? Infinity), maxLagMs, isPooled };
}

/** Reads and validates the configuration. @throws ConfigError with a line for each wrong variable */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  program: Program = "server",
): Config {
  const { env, problems, unread } = readSecrets(environment);
  const isSet = (name: string): boolean => Boolean(env[name]) || unread.has(name);
  const read = <N extends VariableName>(name: N): ValueOf<N> => {
    const { schema, expected } = variables[name];
    const result = schema.safeParse(env[name] === "" ? undefined : env[name]);
    if (result.success) return result.data as ValueOf<N>;
    const actual = secretNames.has(name) ? "" : `, not ${JSON.stringify(env[name])}`;
    const described = result.error.issues
      .map((issue): unknown => (issue.code === "custom" ? issue.params?.["problem"] : undefined))
      .filter((problem) => typeof problem === "string");
    const found = described.length > 0 ? described : [`must be ${expected}${actual}`];
    problems.push(...found.map((problem) => `${name} ${problem}.`));
    return undefined as never;
  };
  const isProduction = read("PROJO_ENV") === "production";
  const host = read("HOST");
  const databaseUrl = read("DATABASE_URL") ?? null;
  const config: Config = {
    isLocal: reachOf({ isProduction, host, databaseUrl }) === null,
    isProduction,
    warnings: [],
    host,
    port: read("PORT"),
    dataDir: absolute("PROJO_DATA_DIR", read("PROJO_DATA_DIR") ?? ""),
    databaseUrl,
    databaseOwnerUrl: read("PROJO_DATABASE_OWNER_URL") ?? null,
    operatorDatabaseUrl: read("PROJO_OPERATOR_DATABASE_URL") ?? null,
    databasePoolSize: Math.min(read("PROJO_DATABASE_POOL"), databaseUrl?.connectionLimit ?? Infinity),
    databasePooled: read("PROJO_DATABASE_POOLER") === "transaction" || databaseUrl?.isPooler === true,
    databaseLayout: read("PROJO_DATABASE_LAYOUT"),
    databaseDurability: read("PROJO_DATABASE_DURABILITY"),
    databaseReplica: replicaOf(read),
    tokenKeys: env["PROJO_TOKEN_KEYS"] === "auto" ? null : (read("PROJO_TOKEN_KEYS") ?? null),
    smtp: read("PROJO_SMTP_URL") ?? null,
    mailFrom: read("PROJO_MAIL_FROM") ?? { name: "ProjoStack", address: "projostack@localhost" },
    notices: read("PROJO_MAIL_NOTICES"),
    appUrl: read("PROJO_APP_URL") ?? null,
    cookieDomain: read("PROJO_COOKIE_DOMAIN") ?? null,
    allowedOrigins: read("PROJO_ALLOWED_ORIGINS") ?? [],
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
    servesDocs: read("PROJO_DOCS") === "on",
    webDirectory: read("PROJO_WEB") === "off" ? null : webDirectoryOf(read("PROJO_WEB_DIR")),
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
    drainMs: (read("PROJO_DRAIN_SECONDS") ?? (isProduction ? DRAIN_SECONDS : 0)) * 1_000,
    logLevel: read("PROJO_LOG_LEVEL"),
    metricsAddress: addressOf(read("PROJO_METRICS_HOST"), read("PROJO_METRICS_PORT")),
    metricsToken: read("PROJO_METRICS_TOKEN") ?? null,
    tracing: tracingOf(read),
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
      problems.push(`PROJO_SMTP_URL needs ${name} beside it: ${variables[name].expected}.`);
    }
  }
  const settings = { config, isProduction, env, isSet };
  problems.push(...combinationProblems(settings, program));
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return { ...config, warnings: program === "server" ? settingWarnings(settings) : [] };
}
