// The place of the server's keys: a file that the program can replace, or a variable that it cannot change.
import { chownSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configuredKeys } from "../config/configured-keys.ts";
import { KeyRotationRefused } from "./key-rotation-refused.ts";

export interface KeyStore {
  /** The line of keys. */
  readonly line: string;
  /** The file that contains the line; null when PROJO_TOKEN_KEYS itself contains it. */
  readonly file: string | null;
  /** Replaces the line in the file. @throws KeyRotationRefused */
  replace(line: string): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws KeyRotationRefused */
export function openKeyStore(env: Environment): KeyStore {
  const { value, file, dataDir, problem } = configuredKeys(env);
  if (problem !== null) throw new KeyRotationRefused(problem);
  if (file !== null) return { line: value ?? "", file, replace: (line) => replaceFile(file, line) };
  if (value !== null) return { line: value, file: null, replace: refuseVariable };
  const generated = join(dataDir, "token-keys");
  return { line: readGenerated(generated), file: generated, replace: (line) => replaceFile(generated, line) };
}

function refuseVariable(): never {
  throw new KeyRotationRefused(
    "PROJO_TOKEN_KEYS contains the keys, which this program cannot change. Name a file with --out for the new value, or move the keys to a file and set PROJO_TOKEN_KEYS_FILE.",
  );
}

function readGenerated(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new KeyRotationRefused(
      `There are no keys in ${path} (${codeOf(error)}). Set PROJO_TOKEN_KEYS_FILE, or start the server once: it makes its own keys.`,
      { cause: error },
    );
  }
}

/**
 * Writes the line in full under another name with the owner and the mode of the file, and puts it in the place of the file. A
 * server that starts meanwhile reads the old line or the new one.
 */
function replaceFile(path: string, line: string): void {
  try {
    const target = realpathSync(path);
    const { mode, uid, gid } = statSync(target);
    const draft = `${target}.new`;
    writeFileSync(draft, `${line}\n`, { flag: "wx", mode: mode & 0o777, flush: true });
    try {
      if (process.getuid?.() === 0) chownSync(draft, uid, gid);
      renameSync(draft, target);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  } catch (error) {
    const code = codeOf(error);
    const step =
      code === "EEXIST"
        ? `Another rotation is running, or one was interrupted: delete ${path}.new if none is running`
        : "Name another file with --out, and put it in place yourself";
    throw new KeyRotationRefused(`${path} cannot be replaced (${code}). ${step}.`, { cause: error });
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
