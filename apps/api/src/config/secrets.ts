import { SecretError, secretOf } from "@projostack/db";

/** Settings that may hold passwords or keys. No message repeats them, and each may come from a file: its name with _FILE. */
export const secretNames: ReadonlySet<string> = new Set([
  "DATABASE_URL",
  "PROJO_DATABASE_OWNER_URL",
  "PROJO_OPERATOR_DATABASE_URL",
  "PROJO_TOKEN_KEYS",
  "PROJO_SMTP_URL",
  "REDIS_URL",
]);

type Environment = Readonly<Record<string, string | undefined>>;

export interface Secrets {
  /** The environment, with the secrets that are in files. */
  readonly env: Environment;
  /** The problems of files, one line each. */
  readonly problems: string[];
  /** The settings that are made, but could not be read. */
  readonly unread: ReadonlySet<string>;
}

export function readSecrets(env: Environment): Secrets {
  const problems: string[] = [];
  const unread = new Set<string>();
  const secrets: Record<string, string | undefined> = {};
  for (const name of secretNames) {
    try {
      secrets[name] = secretOf(env, name);
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      problems.push(error.message);
      unread.add(name);
      secrets[name] = undefined;
    }
  }
  return { env: { ...env, ...secrets }, problems, unread };
}
