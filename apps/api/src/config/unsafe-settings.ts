// Finds settings with which the server refuses to start. Defaults for development (mail in files, generated keys) are
// allowed only when no other machine can reach the server and its database. `PROJO_ENV=production` refuses them everywhere.
// Each problem is a line that names the setting and how to correct it.
import type { KeyPair } from "../identity/key-pairs.ts";
import { weaknessOf } from "../identity/key-weakness.ts";
import { isLoopback } from "./is-loopback.ts";
import { plainConnections, type Connections } from "./plain-connections.ts";

export interface SettingsInUse extends Connections {
  readonly isProduction: boolean;
  readonly host: string;
  readonly hasOwnerLogin: boolean;
  readonly hasOperatorLogin: boolean;
  readonly hasBackupLogin: boolean;
  /** `missing` when no keys are set, `auto` when the server generates them. */
  readonly keys: "given" | "auto" | "missing";
  /** The given keys; empty when none are given, or when their text is malformed. */
  readonly keyPairs: readonly KeyPair[];
  readonly mail: "smtp" | "files" | "missing";
  readonly appUrl: string | null;
  readonly allowedOrigins: readonly string[];
}

/** A command that prints a new key in any shell. */
const MAKE_KEY = `node -p "'1:' + require('crypto').randomBytes(32).toString('base64url')"`;

export function unsafeSettings(settings: SettingsInUse): string[] {
  const reach = reachOf(settings);
  const exposed =
    reach === null
      ? []
      : [keysProblem(settings, reach), ...weakKeyProblems(settings), mailProblem(settings, reach)];
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

const weakKeyProblems = ({ keyPairs }: SettingsInUse): string[] =>
  keyPairs.flatMap((pair) => {
    const weakness = weaknessOf(pair);
    if (weakness === null) return [];
    return `PROJO_TOKEN_KEYS has a weak key with the kid ${pair.kid}: ${weakness}. Others may guess it and sign in as any user. Remove it, and make a random key with ${MAKE_KEY} (docs/operating/rotate-keys.md#replace-a-weak-or-leaked-key).`;
  });

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

function productionProblems(settings: SettingsInUse): (string | null)[] {
  const { hasOwnerLogin, hasOperatorLogin, hasBackupLogin, appUrl, allowedOrigins } = settings;
  return [
    ...plainConnections(settings),
    hasOwnerLogin
      ? "PROJO_DATABASE_OWNER_URL is set, and PROJO_ENV is production: the server must not hold the owner's login. Run `projostack migrate` with it before the server starts (docs/database.md)."
      : null,
    hasOperatorLogin
      ? "PROJO_OPERATOR_DATABASE_URL is set, and PROJO_ENV is production: the server must not hold the operator's login. Set it only for the operator's commands of projostack (docs/operations.md)."
      : null,
    hasBackupLogin
      ? "PROJO_BACKUP_DATABASE_URL is set, and PROJO_ENV is production: the server must not hold a login that reads every workspace. Set it only where backups are made (docs/operating/backup.md)."
      : null,
    appUrl !== null && !isEncrypted(appUrl)
      ? "PROJO_APP_URL does not begin with https://, and PROJO_ENV is production: mailed links open accounts. Serve the web application over https://, and set that address."
      : null,
    ...allowedOrigins
      .filter((origin) => !isEncrypted(origin))
      .map(
        (origin) =>
          `PROJO_ALLOWED_ORIGINS has ${origin}, and PROJO_ENV is production: without TLS, others on the network can change its pages and act as their users. Serve the pages over https:// and list that origin.`,
      ),
  ];
}

function isEncrypted(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || isLoopback(hostname);
}
