// Finds the keys of an environment, as the server would, without the other settings.
import { resolve } from "node:path";
import { SecretError, secretOf } from "@projostack/db";

export interface ConfiguredKeys {
  /** The value of PROJO_TOKEN_KEYS or of its file; null when the server makes its own keys. */
  readonly value: string | null;
  /** The file that PROJO_TOKEN_KEYS_FILE names. */
  readonly file: string | null;
  /** The data directory, absolute. */
  readonly dataDir: string;
  /** Why the keys cannot be read; null when they can. */
  readonly problem: string | null;
}

export function configuredKeys(env: Readonly<Record<string, string | undefined>>): ConfiguredKeys {
  const dataDir = resolve(env["PROJO_DATA_DIR"] || ".projo");
  const path = env["PROJO_TOKEN_KEYS_FILE"] || null;
  const file = path === null ? null : resolve(path);
  try {
    const value = secretOf(env, "PROJO_TOKEN_KEYS") ?? null;
    return {
      value: value === "auto" ? null : value,
      file: value === "auto" ? null : file,
      dataDir,
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    return { value: null, file, dataDir, problem: error.message };
  }
}
