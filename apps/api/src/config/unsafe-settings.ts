// Finds settings with which the server refuses to start. Defaults for development (mail in files, generated keys) are
// allowed only when no other machine can reach the server and its database. `PROJO_ENV=production` refuses them everywhere.
// Each problem is a line that names the setting and how to correct it.
import type { PostgresAddress } from "@projostack/db";
import { isLoopback } from "./is-loopback.ts";

export interface SettingsInUse {
  readonly isProduction: boolean;
  readonly host: string;
  readonly databaseUrl: PostgresAddress | null;
  readonly hasOwnerLogin: boolean;
  readonly hasOperatorLogin: boolean;
  /** `missing` when no keys are set, `auto` when the server generates them. */
  readonly keys: "given" | "auto" | "missing";
  readonly mail: "smtp" | "files" | "missing";
  readonly appUrl: string | null;
}

/** A command that prints a new key in any shell. */
const MAKE_KEY = `node -p "'1:' + require('crypto').randomBytes(32).toString('base64url')"`;

export function unsafeSettings(settings: SettingsInUse): string[] {
  const reach = reachOf(settings);
  const exposed = reach === null ? [] : [keysProblem(settings, reach), mailProblem(settings, reach)];
  const production = settings.isProduction ? productionProblems(settings) : [];
  return [...exposed, ...production].filter((problem) => problem !== null);
}

/** Describes why other machines can reach the server or its database; null when they cannot. */
export function reachOf({
  isProduction,
  host,
  databaseUrl,
}: Pick<SettingsInUse, "isProduction" | "host" | "databaseUrl">): string | null {
  if (isProduction) return "PROJO_ENV is production";
  if (databaseUrl !== null && !databaseUrl.isLocal) return `the database is at ${databaseUrl.host}`;
  return isLoopback(host) ? null : `HOST is ${host}`;
}

function keysProblem({ keys, isProduction }: SettingsInUse, reach: string): string | null {
  if (keys === "given" || (keys === "auto" && !isProduction)) return null;
  const otherwise = isProduction
    ? ""
    : ", or set PROJO_TOKEN_KEYS=auto to have this server make its own and keep them in PROJO_DATA_DIR";
  return `PROJO_TOKEN_KEYS ${keys === "auto" ? "is auto" : "is not set"}, and ${reach}. Make a key with ${MAKE_KEY} and set it, or name its file in PROJO_TOKEN_KEYS_FILE${otherwise}.`;
}

function mailProblem({ mail, isProduction }: SettingsInUse, reach: string): string | null {
  const fix = "Set PROJO_SMTP_URL to your mail server (docs/configuration.md#mail)";
  if (mail === "missing") {
    const otherwise = isProduction
      ? ""
      : ", or set PROJO_MAIL=files to have mail, with links that open accounts, written to files in PROJO_DATA_DIR";
    return `PROJO_SMTP_URL is not set, and ${reach}. ${fix}${otherwise}.`;
  }
  return mail === "files" && isProduction ? `PROJO_MAIL is files, and ${reach}. ${fix} instead.` : null;
}

function productionProblems({ hasOwnerLogin, hasOperatorLogin, appUrl }: SettingsInUse): (string | null)[] {
  return [
    hasOwnerLogin
      ? "PROJO_DATABASE_OWNER_URL is set, and PROJO_ENV is production: the server must not hold the owner's login. Run `pnpm db:migrate` with it before the server starts (docs/database.md)."
      : null,
    hasOperatorLogin
      ? "PROJO_OPERATOR_DATABASE_URL is set, and PROJO_ENV is production: the server must not hold the operator's login. Set it only for `pnpm operator` (docs/operations.md)."
      : null,
    appUrl !== null && !isEncrypted(appUrl)
      ? "PROJO_APP_URL does not begin with https://, and PROJO_ENV is production: mailed links open accounts."
      : null,
  ];
}

function isEncrypted(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || isLoopback(hostname);
}
