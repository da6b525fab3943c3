import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemErrorCode } from "./file-error.ts";

/**
 * Creates a directory and its missing parents, all with mode 0700. Node's `recursive` option never returns for a path where
 * the system creates no directories, such as /proc/x/y.
 *
 * @throws the system's error
 */
export async function createDirectory(path: string): Promise<void> {
  try {
    await create(path);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT" || dirname(path) === path) throw error;
    await createDirectory(dirname(path));
    await create(path);
  }
}

async function create(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const isDirectory = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (!isDirectory) throw error;
  }
}
