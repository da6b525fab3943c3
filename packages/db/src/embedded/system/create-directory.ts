import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Creates a directory and its missing parents, which get the default mode.
 *
 * Node's `mkdir` with `recursive` never returns where the system creates no directories at all (/proc), and reports a missing
 * directory where a parent is read-only. @throws the system's error of the directory that cannot be created
 */
export function createDirectory(path: string, mode: number): void {
  try {
    create(path, mode);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    createDirectory(dirname(path), 0o777);
    create(path, mode);
  }
}

function create(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
