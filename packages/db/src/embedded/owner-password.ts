import { randomBytes } from "node:crypto";
import { chown, lstat, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
import type { Place } from "./place.ts";
import { runProgram } from "./system/run-program.ts";

export const ownerName = "projo_owner";

export function ownerPasswordFile({ home }: Place): string {
  return join(home, "owner-password");
}

/**
 * The owner's password, made at the first call: 32 random bytes. It is handed on in a file of mode 0600 or over a
 * pipe only, because arguments and environments show in lists of processes and logs get copied. The file belongs
 * to the user who runs PostgreSQL: initdb reads it, and that user owns the data anyway.
 */
export async function ownerPassword(place: Place, binaries: Binaries): Promise<string> {
  const file = ownerPasswordFile(place);
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept.trim()) return kept.trim();

  const password = randomBytes(32).toString("base64url");
  const clusterExists = await lstat(place.cluster).then(Boolean, () => false);
  // The file was lost. The cluster learns the new one first, so that an interruption only means doing it again.
  if (clusterExists) await reset(password, { place, binaries });
  const draft = `${file}.${randomBytes(6).toString("hex")}.new`;
  await writeFile(draft, `${password}\n`, { flag: "wx", mode: 0o600 });
  if (place.user) await chown(draft, place.user.uid, place.user.gid);
  await rename(draft, file);
  return password;
}

/** Single-user mode needs no login, and its standard input is seen by nobody. */
async function reset(
  password: string,
  { place, binaries }: { place: Place; binaries: Binaries },
): Promise<void> {
  const { ok, output } = await runProgram({
    file: binaries.postgres,
    args: ["--single", "-D", place.cluster, "-c", "log_statement=none", "postgres"],
    user: place.user,
    input: `ALTER ROLE ${ownerName} PASSWORD '${password}'\n`,
  });
  // The output may quote the statement and therefore stays out of the message.
  if (!ok || /ERROR|FATAL|PANIC/.test(output)) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `The password in ${ownerPasswordFile(place)} is missing and could not be made anew: restore that file.`,
    );
  }
}
