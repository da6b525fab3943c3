import { randomBytes } from "node:crypto";
import { chown, lstat, readFile, rename } from "node:fs/promises";
import { join } from "node:path";

import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
import type { Place } from "./place.ts";
import { runWithoutPasswdEntry } from "./system/passwd-free-programs.ts";
import { runProgram } from "./system/run-program.ts";
import { writeDraft } from "./system/write-draft.ts";

export const ownerName = "projo_owner";

export function ownerPasswordFile({ home }: Place): string {
  return join(home, "owner-password");
}

/**
 * The owner's password, generated at the first call from 32 random bytes. It is passed only in a file of mode 0600 or over a
 * pipe, because arguments and environment variables are visible in process lists, and logs are copied. The file belongs to
 * the user who runs PostgreSQL: initdb reads it, and that user owns the data anyway.
 */
export async function ownerPassword(place: Place, binaries: Binaries): Promise<string> {
  const file = ownerPasswordFile(place);
  const existing = await readFile(file, "utf8").catch(() => "");
  if (existing.trim()) return existing.trim();

  const password = randomBytes(32).toString("base64url");
  const clusterExists = await lstat(place.cluster).then(Boolean, () => false);
  // The file was lost. The password is set in the cluster before the file is written, so after an interruption it is simply
  // generated again.
  if (clusterExists) await reset(password, { place, binaries });
  const draft = `${file}.${randomBytes(6).toString("hex")}.new`;
  await writeDraft(draft, `${password}\n`, 0o600);
  if (place.user) await chown(draft, place.user.uid, place.user.gid);
  await rename(draft, file);
  return password;
}

/** Sets the password in single-user mode, which needs no login and reads the statement from standard input. */
async function reset(
  password: string,
  { place, binaries }: { place: Place; binaries: Binaries },
): Promise<void> {
  const { ok, output } = await runWithoutPasswdEntry(
    binaries,
    { directory: place.home, user: place.user },
    ({ postgres }) =>
      runProgram({
        file: postgres,
        args: ["--single", "-D", place.cluster, "-c", "log_statement=none", "postgres"],
        user: place.user,
        input: `ALTER ROLE ${ownerName} PASSWORD '${password}'\n`,
      }),
  );
  // The output may contain the statement with the password, so the message does not include it.
  if (!ok || /ERROR|FATAL|PANIC/.test(output)) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `The password in ${ownerPasswordFile(place)} is missing and could not be replaced: restore that file.`,
    );
  }
}
