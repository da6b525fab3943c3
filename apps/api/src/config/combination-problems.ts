// Checks combinations of settings. Each problem is a line that names the setting and how to correct it.
import { KeyRingError, parseKeyPairs, type KeyPair } from "../identity/key-pairs.ts";
import type { PostgresAddress } from "@projostack/db";
import { cookieDomainProblems } from "./cookie-domain.ts";
import type { Config, Program } from "./settings.ts";
import { misspeltProblem, unknownVariables } from "./unknown-variables.ts";
import { reachOf, unsafeSettings, type SettingsInUse } from "./unsafe-settings.ts";

export interface SettingsRead {
  readonly config: Config;
  readonly isProduction: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the setting is present, also when it comes from a file or could not be read. */
  readonly isSet: (name: string) => boolean;
}

export const combinationProblems = (read: SettingsRead, program: Program): string[] => [
  ...keysOf(read.config).problems,
  ...mailProblems(read),
  ...cookieDomainProblems(read.config),
  ...operatorProblems(read, program),
  ...poolerProblems(read.config),
  ...layoutProblems(read.config),
  ...replicaProblems(read),
  ...(program === "server" ? [...unsafeSettings(inUse(read)), ...unknownProblems(read)] : []),
];

/** What the operator of a server should know about settings that the server accepts, one line each. */
export function settingWarnings(read: SettingsRead): string[] {
  const { config, isProduction, env, isSet } = read;
  if (isProduction) return [];
  const unknown = unknownVariables(env).filter(({ meant }) => meant === null);
  const reach = reachOf({ ...config, isProduction });
  return [
    ...unknown.map(({ name }) => `${name} is not a setting, so it has no effect`),
    ...(reach === null || isSet("PROJO_ENV") ? [] : [unsetWarning(read, reach)]),
  ];
}

function unsetWarning(read: SettingsRead, reach: string): string {
  const refused = unsafeSettings({ ...inUse(read), isProduction: true }).map((line) => line.split(" ")[0]);
  const inProduction =
    refused.length === 0 ? "" : ` Production would refuse ${[...new Set(refused)].join(", ")}.`;
  return `PROJO_ENV is not set, and ${reach}: this server accepts settings that production refuses. Set PROJO_ENV=production where others use it.${inProduction}`;
}

function keysOf({ tokenKeys }: Config): { readonly pairs: readonly KeyPair[]; readonly problems: string[] } {
  if (tokenKeys === null) return { pairs: [], problems: [] };
  try {
    return { pairs: parseKeyPairs(tokenKeys), problems: [] };
  } catch (error) {
    if (error instanceof KeyRingError) return { pairs: [], problems: [error.message] };
    throw error;
  }
}

/** A similar name is refused in every mode: it may be that of PROJO_ENV. */
const unknownProblems = ({ env, isProduction }: SettingsRead): string[] =>
  unknownVariables(env).flatMap((unknown) => {
    if (unknown.meant !== null) return misspeltProblem(unknown);
    return isProduction
      ? `${unknown.name} is not a setting, and PROJO_ENV is production. Remove it, or correct its name (docs/configuration.md).`
      : [];
  });

const mailProblems = ({ env, isSet }: SettingsRead): string[] =>
  isSet("PROJO_SMTP_URL") && env["PROJO_MAIL"] === "files"
    ? ["PROJO_MAIL is files, and PROJO_SMTP_URL is set: leave one of them out."]
    : [];

function operatorProblems({ config, isSet }: SettingsRead, program: Program): string[] {
  const { databaseUrl, operatorDatabaseUrl } = config;
  if (program === "operator" && isSet("DATABASE_URL") && !isSet("PROJO_OPERATOR_DATABASE_URL")) {
    return [
      "PROJO_OPERATOR_DATABASE_URL is not set. Name the operator's login, such as postgres://projo_operations:password@host:5432/projo: `projostack migrate` creates it (docs/operations.md).",
    ];
  }
  return databaseUrl && operatorDatabaseUrl && databaseUrl.login.user === operatorDatabaseUrl.login.user
    ? [
        "PROJO_OPERATOR_DATABASE_URL must name another user than DATABASE_URL: the server's login must not have the operator's rights.",
      ]
    : [];
}

function poolerProblems({ databaseUrl, databaseOwnerUrl, databasePooled }: Config): string[] {
  return [
    // A pooler rejects startup options, except those by which a service routes the connection.
    databasePooled && databaseUrl && hasStartOptions(databaseUrl)
      ? "DATABASE_URL has options, which a pooler in transaction mode does not accept. Remove them, and set them for the login with ALTER ROLE ... SET."
      : null,
    databaseOwnerUrl?.isPooler
      ? "PROJO_DATABASE_OWNER_URL has pgbouncer=true, but a migration needs a session of its own. Name PostgreSQL itself, without this parameter."
      : null,
  ].filter((problem) => problem !== null);
}

const hasStartOptions = ({ target }: PostgresAddress): boolean => /(?:^|\s)-/.test(target.options ?? "");

const layoutProblems = ({ databaseUrl, databaseLayout }: Config): string[] =>
  databaseLayout === "citus" && databaseUrl === null
    ? [
        "PROJO_DATABASE_LAYOUT is citus, but DATABASE_URL is not set, and the embedded database has no Citus. Set DATABASE_URL.",
      ]
    : [];

function replicaProblems({ config, isSet }: SettingsRead): string[] {
  if (!isSet("PROJO_DATABASE_REPLICA_URL")) return [];
  const { databaseLayout, databaseReplica } = config;
  return [
    isSet("DATABASE_URL")
      ? null
      : "PROJO_DATABASE_REPLICA_URL needs DATABASE_URL beside it: the embedded database has no standby.",
    databaseLayout === "citus"
      ? "PROJO_DATABASE_REPLICA_URL is set, and PROJO_DATABASE_LAYOUT is citus: the tables are on several primaries, and a standby of the coordinator has no rows of workspaces. Remove one of them."
      : null,
    databaseReplica?.isPooled && hasStartOptions(databaseReplica.address)
      ? "PROJO_DATABASE_REPLICA_URL has options, which a pooler in transaction mode does not accept. Remove them, and set them for the login with ALTER ROLE ... SET."
      : null,
  ].filter((problem) => problem !== null);
}

function inUse({ config, isProduction, env, isSet }: SettingsRead): SettingsInUse {
  const { host, databaseUrl, databaseReplica, redisUrl, smtp, appUrl, allowedOrigins } = config;
  return {
    isProduction,
    host,
    databaseUrl,
    replicaUrl: databaseReplica?.address ?? null,
    hasOwnerLogin: isSet("PROJO_DATABASE_OWNER_URL"),
    hasOperatorLogin: isSet("PROJO_OPERATOR_DATABASE_URL"),
    redisUrl,
    smtp,
    acceptsAnyCertificate: env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0",
    hasBackupLogin: isSet("PROJO_BACKUP_DATABASE_URL"),
    keys: sourceOfKeys(env["PROJO_TOKEN_KEYS"], isSet("PROJO_TOKEN_KEYS")),
    keyPairs: keysOf(config).pairs,
    mail: isSet("PROJO_SMTP_URL") ? "smtp" : mailOf(env["PROJO_MAIL"]),
    appUrl,
    allowedOrigins,
  };
}

function sourceOfKeys(value: string | undefined, isSet: boolean): SettingsInUse["keys"] {
  if (!isSet) return "missing";
  return value === "auto" ? "auto" : "given";
}

const mailOf = (value: string | undefined): SettingsInUse["mail"] =>
  value === "files" ? "files" : "missing";
