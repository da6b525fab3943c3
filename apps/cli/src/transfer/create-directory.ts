import { mkdir, rmdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Creates the directory for its owner alone, and those above it that do not exist. Node.js's recursive form never ends if a directory
 * exists and accepts no directory in it with ENOENT, as /proc does.
 * @returns the created directories, the outermost first
 */
export async function createDirectory(path: string): Promise<string[]> {
  if (await isDirectory(path)) return [];
  const parent = dirname(path);
  const created = parent === path ? [] : await createDirectory(parent);
  try {
    await mkdir(path, { mode: 0o700 });
    return [...created, path];
  } catch (error) {
    // Another process may have created it.
    if (await isDirectory(path)) return created;
    await removeEmpty(created);
    // A symbolic link that leads nowhere exists for `mkdir`, and not for `stat`, which names the cause.
    if (error instanceof Error && "code" in error && error.code === "EEXIST") await stat(path);
    throw error;
  }
}

/** Removes created directories as far as they are empty. */
export async function removeEmpty(created: readonly string[]): Promise<void> {
  for (const path of created.toReversed()) await rmdir(path).catch(() => undefined);
}

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() === true;
