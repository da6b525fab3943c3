import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Creates the directory for its owner alone, and those above it that do not exist. Node.js's recursive form never ends if a directory
 * exists and accepts no directory in it with ENOENT, as /proc does.
 */
export async function createDirectory(path: string): Promise<void> {
  if (await isDirectory(path)) return;
  const parent = dirname(path);
  if (parent !== path) await createDirectory(parent);
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have created it.
    if (!(await isDirectory(path))) throw error;
  }
}

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() === true;
