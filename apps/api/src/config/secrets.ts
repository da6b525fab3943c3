import { SecretError, secretOf } from "@projostack/db";
import { variables } from "./variables.ts";
import type { Variable } from "./variables/variable.ts";

/**
 * The settings that may hold passwords or keys. No message repeats them, and each can be read from a file named by
 * `<name>_FILE`.
 */
export const secretNames: ReadonlySet<string> = new Set(
  Object.entries<Variable>(variables).flatMap(([name, { isSecret }]) => (isSecret ? [name] : [])),
);

type Environment = Readonly<Record<string, string | undefined>>;

export interface Secrets {
  /** The environment, including the secrets read from files. */
  readonly env: Environment;
  /** The problems with files, one line each. */
  readonly problems: string[];
  /** The settings whose file could not be read. */
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
