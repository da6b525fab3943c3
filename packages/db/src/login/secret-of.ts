// A secret comes from an environment variable, or from the file that the same name with _FILE names, as Docker, Kubernetes
// and systemd hand secrets to programs: what is in the environment is seen by child processes and in crash reports.
import { readFileSync, statSync } from "node:fs";

/** The message names the variable and what to do, and never what a variable or a file holds. */
export class SecretError extends Error {
  override readonly name = "SecretError";
}

const LONGEST_BYTES = 65_536;

/** @returns undefined when neither is set. What is empty counts as absent. @throws SecretError */
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

/** Others may read it: containers get their secrets so. Who may write it chooses the secret, so that is refused. */
function readSecret(variable: string, path: string): string {
  try {
    const facts = statSync(path);
    if (facts.isFile() && process.platform !== "win32" && (facts.mode & 0o002) !== 0) {
      throw new SecretError(`${variable} names the file ${path}, which everybody may write: chmod o-w it.`);
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
