import { accessSync, constants } from "node:fs";

import type { Place } from "./place.ts";
import { EmbeddedPostgresError, failureLines } from "./system/embedded-postgres-error.ts";
import { fileProblem, fileProblemIn } from "./system/file-problem.ts";
import { passwdEntryAdvice } from "./system/passwd-free-programs.ts";

/** Lines of PostgreSQL that mean that files of the cluster are missing or damaged. */
const damage =
  /is not a valid data directory|could not access the server configuration file|could not (?:read|open|locate|find) .*(?:pg_control|checkpoint|pg_filenode\.map)|required WAL directory|is corrupt|incorrect checksum/;

/** The version is the same, but another build of PostgreSQL created the files. */
const otherBuild = /database files are incompatible with server/;

const elsewhere = "or set PROJO_DATA_DIR to another directory.";

/** Describes why initdb failed. */
export function initFailure(place: Place, output: string): EmbeddedPostgresError {
  const uid = place.user?.uid ?? process.getuid?.();
  const reason = failureLines(output);
  const entry = passwdEntryAdvice(output, uid);
  if (entry) {
    return new EmbeddedPostgresError("init_failed", `PostgreSQL cannot create a database: ${entry}.`);
  }
  if (/could not execute command/.test(output) && !hasShell()) {
    return new EmbeddedPostgresError(
      "init_failed",
      "PostgreSQL needs a shell to create a database, and this system has no /bin/sh: use an image with a shell, or set DATABASE_URL to a PostgreSQL server.",
    );
  }
  const problem = fileProblemIn(output, { directory: place.home, uid });
  const step = problem ? `${problem.step}, ${elsewhere}` : `fix that and start again, ${elsewhere}`;
  return new EmbeddedPostgresError(
    "init_failed",
    `PostgreSQL could not create a database in ${place.home} (${problem?.cause ?? reason}): ${step}`,
  );
}

/** Images without a package manager often have none. */
function hasShell(): boolean {
  try {
    accessSync("/bin/sh", constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Describes why PostgreSQL did not start. `how` tells how its process ended. */
export function startFailure(place: Place, how: string, output: string): EmbeddedPostgresError {
  const reason = `${how}: ${failureLines(output)}`;
  const uid = place.user?.uid ?? process.getuid?.();
  const problem = fileProblemIn(output, { directory: place.cluster, uid });
  if (problem) {
    return new EmbeddedPostgresError(
      "start_failed",
      `PostgreSQL did not start on ${place.cluster} (${problem.cause}): ${problem.step}, ${elsewhere}`,
    );
  }
  return new EmbeddedPostgresError(
    "start_failed",
    `PostgreSQL did not start on ${place.cluster} (${reason}): ${stepFor(output, place)}`,
  );
}

function stepFor(output: string, { home }: Place): string {
  if (damage.test(output)) {
    return `files of the database are missing or damaged. Restore ${home} from a backup, or set PROJO_DATA_DIR to another directory to start with an empty database.`;
  }
  if (otherBuild.test(output)) {
    return `another build of PostgreSQL created the database. Dump it with that build (pg_dump) and restore the dump into an empty directory, ${elsewhere}`;
  }
  return "fix that and start again, or set DATABASE_URL to a PostgreSQL server.";
}

/** Describes why the system refused a file or a directory. @returns undefined for another error */
export function directoryFailure(directory: string, error: unknown): EmbeddedPostgresError | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const problem = fileProblem(error, directory);
  return new EmbeddedPostgresError(
    "start_failed",
    `The server cannot keep its data in ${directory} (${problem?.cause ?? error.message}): ${problem?.step ?? "correct that"}, ${elsewhere}`,
    { cause: error },
  );
}
