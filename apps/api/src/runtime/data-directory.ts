// The data directory (PROJO_DATA_DIR): the embedded database, the keys that the server generated, and mail written to files.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createDirectory, fileProblem } from "@projostack/db";

/** The data directory cannot be used. The message is one line and says what to do. */
export class DataDirectoryError extends Error {
  override readonly name = "DataDirectoryError";
}

/**
 * Creates the directory if it is absent. Other users may traverse it, which the database's user needs when the server runs as
 * root, but cannot list it.
 *
 * @throws DataDirectoryError
 */
export function openDataDirectory(dataDir: string): void {
  inDataDirectory(dataDir, () => createDirectory(dataDir, 0o711));
  if (existsSync(join(dataDir, "owner-password")) && existsSync(join(dataDir, "cluster"))) {
    throw new DataDirectoryError(
      `PROJO_DATA_DIR: ${dataDir} is the directory of the database itself. Set it to the parent directory.`,
    );
  }
  if (existsSync(join(dataDir, "PG_VERSION"))) {
    throw new DataDirectoryError(
      `PROJO_DATA_DIR: ${dataDir} contains the files of a PostgreSQL database. Set it to another directory, or set DATABASE_URL to the server of that database.`,
    );
  }
}

/** Works on files of the directory. An error of the file system says what to do. @throws DataDirectoryError */
export function inDataDirectory<T>(dataDir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw dataDirectoryErrorOf(dataDir, error);
  }
}

/** Converts an error of the file system. Returns every other error unchanged. */
export function dataDirectoryErrorOf(dataDir: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return error;
  if (error.syscall === "connect") return error;
  const problem = fileProblem(error, dataDir);
  return new DataDirectoryError(
    `PROJO_DATA_DIR: the server cannot keep its data there (${dataDir}: ${problem?.cause ?? error.message}). Choose a directory elsewhere, or ${problem?.step ?? "correct that"}.`,
    { cause: error },
  );
}

/** PostgreSQL runs but cannot read its files. */
export const damagedDatabase = (dataDir: string, cause: Error): DataDirectoryError =>
  new DataDirectoryError(
    `The database in ${dataDir} cannot read its files (${cause.message}): correct that, restore ${dataDir} from a backup, or set PROJO_DATA_DIR to another directory.`,
    { cause },
  );
