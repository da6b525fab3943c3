// Reads a secret from an environment variable, or from the file named by the variable with the suffix _FILE. Docker,
// Kubernetes and systemd provide secrets as files, because child processes and crash reports can see environment variables.
import { readFileSync, statSync } from "node:fs";

/** The message names the variable and says what to do. It never contains the value of a variable or the content of a file. */
export class SecretError extends Error {
  override readonly name = "SecretError";
}

const LONGEST_BYTES = 65_536;

/** Reads the secret. An empty variable counts as unset. @returns undefined when neither variable is set. @throws SecretError */
export function secretOf(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  const value = env[name] || undefined;
  const path = env[`${name}_FILE`] || undefined;
  if (path === undefined) return value;
  if (value !== undefined) throw new SecretError(`${name} and ${name}_FILE are both set: keep one of them.`);
  const content = readSecret(`${name}_FILE`, path).replace(/(?:\r?\n)+$/, "");
  if (content === "") throw new SecretError(`${name}_FILE names the file ${path}, which is empty.`);
  return content;
}

/**
 * Reads the file. It may be readable by other users, as secrets in containers are. A file that every user can write is
 * rejected, because any user could then choose the secret.
 */
function readSecret(variable: string, path: string): string {
  try {
    const facts = statSync(path);
    if (facts.isFile() && process.platform !== "win32" && (facts.mode & 0o002) !== 0) {
      throw new SecretError(
        `${variable} names the file ${path}, which every user can write: run chmod o-w on it.`,
      );
    }
    if (facts.isFile() && facts.size > LONGEST_BYTES) {
      throw new SecretError(`${variable} names the file ${path}, which is too long to be a secret.`);
    }
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof SecretError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "error";
    throw new SecretError(`${variable} names the file ${path}, which cannot be read (${code}).`);
  }
}
