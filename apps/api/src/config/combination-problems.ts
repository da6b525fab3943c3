// Checks combinations of settings. Each problem is a line that names the setting and how to correct it.
import { KeyRingError, parseKeyRing } from "../identity/key-ring.ts";
import type { Config, Program } from "./settings.ts";
import { unsafeSettings, type SettingsInUse } from "./unsafe-settings.ts";

export interface SettingsRead {
  readonly config: Config;
  readonly isProduction: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the setting is present, also when it comes from a file or could not be read. */
  readonly isSet: (name: string) => boolean;
}

export const combinationProblems = (read: SettingsRead, program: Program): string[] => [
  ...keyProblems(read.config),
  ...mailProblems(read),
  ...operatorProblems(read, program),
  ...poolerProblems(read.config),
  ...(program === "server" ? unsafeSettings(inUse(read)) : []),
];

function keyProblems({ tokenKeys }: Config): string[] {
  if (tokenKeys === null) return [];
  try {
    parseKeyRing(tokenKeys);
    return [];
  } catch (error) {
    if (error instanceof KeyRingError) return [error.message];
    throw error;
  }
}

const mailProblems = ({ env, isSet }: SettingsRead): string[] =>
  isSet("PROJO_SMTP_URL") && env["PROJO_MAIL"] === "files"
    ? ["PROJO_MAIL is files, and PROJO_SMTP_URL is set: leave one of them out."]
    : [];

function operatorProblems({ config, isSet }: SettingsRead, program: Program): string[] {
  const { databaseUrl, operatorDatabaseUrl } = config;
  if (program === "operator" && isSet("DATABASE_URL") && !isSet("PROJO_OPERATOR_DATABASE_URL")) {
    return [
      "PROJO_OPERATOR_DATABASE_URL is not set. Name the operator's login, such as postgres://projo_operations:password@host:5432/projo: `pnpm db:migrate` creates it (docs/operations.md).",
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
    databasePooled && /(?:^|\s)-/.test(databaseUrl?.target.options ?? "")
      ? "DATABASE_URL has options, which a pooler in transaction mode does not accept. Remove them, and set them for the login with ALTER ROLE ... SET."
      : null,
    databaseOwnerUrl?.isPooler
      ? "PROJO_DATABASE_OWNER_URL has pgbouncer=true, but a migration needs a session of its own. Name PostgreSQL itself, without this parameter."
      : null,
  ].filter((problem) => problem !== null);
}

function inUse({ config, isProduction, env, isSet }: SettingsRead): SettingsInUse {
  const { host, databaseUrl, appUrl } = config;
  return {
    isProduction,
    host,
    databaseUrl,
    hasOwnerLogin: isSet("PROJO_DATABASE_OWNER_URL"),
    hasOperatorLogin: isSet("PROJO_OPERATOR_DATABASE_URL"),
    keys: keysOf(env["PROJO_TOKEN_KEYS"], isSet("PROJO_TOKEN_KEYS")),
    mail: isSet("PROJO_SMTP_URL") ? "smtp" : mailOf(env["PROJO_MAIL"]),
    appUrl,
  };
}

function keysOf(value: string | undefined, isSet: boolean): SettingsInUse["keys"] {
  if (!isSet) return "missing";
  return value === "auto" ? "auto" : "given";
}

const mailOf = (value: string | undefined): SettingsInUse["mail"] =>
  value === "files" ? "files" : "missing";
