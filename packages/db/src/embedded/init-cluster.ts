import { randomBytes } from "node:crypto";
import { chown, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
import { ownerName, ownerPassword, ownerPasswordFile } from "./owner-password.ts";
import type { Place } from "./place.ts";
import { initFailure } from "./start-failure.ts";
import { copyPrefix, runWithoutPasswdEntry } from "./system/passwd-free-programs.ts";
import { runProgram } from "./system/run-program.ts";

/** The locales for character classes in trigrams and text search, in order of preference. "C" exists on every system. */
const characterTypes = ["C.UTF-8", "en_US.UTF-8", "C"];

/**
 * Creates the cluster on first use. initdb works in a temporary directory, which is renamed when it is complete, so an
 * interruption never leaves an incomplete cluster. The caller holds the lock.
 *
 * @throws EmbeddedPostgresError init_failed
 */
export async function initCluster(
  place: Place,
  binaries: Binaries,
  { durable }: { durable: boolean },
): Promise<void> {
  if (await isComplete(place.cluster)) return;
  await removeIncomplete(place);
  await ownerPassword(place, binaries);

  const draft = `${place.cluster}.new-${randomBytes(6).toString("hex")}`;
  let output = "";
  for (const characterType of characterTypes) {
    await mkdir(draft, { mode: 0o700 });
    if (place.user) await chown(draft, place.user.uid, place.user.gid);
    const args = [...initdbArguments(draft, characterType, durable), `--pwfile=${ownerPasswordFile(place)}`];
    const outcome = await runWithoutPasswdEntry(
      binaries,
      { directory: place.home, user: place.user },
      ({ initdb }) => runProgram({ file: initdb, args, user: place.user }),
    );
    if (outcome.ok) {
      await rename(draft, place.cluster);
      if (durable) await syncDirectory(place.home);
      return;
    }
    output = outcome.output;
    await rm(draft, { recursive: true, force: true });
    if (!output.includes("invalid locale name")) break;
  }
  throw initFailure(place, output);
}

/**
 * The builtin locale provider sorts by code point and maps the case of every letter, with the same results on every system
 * and after system upgrades. Text is UTF-8. The server passes its own access rules at each start; if PostgreSQL is started
 * by hand on this cluster, these rules require a password.
 */
function initdbArguments(directory: string, characterType: string, durable: boolean): string[] {
  return [
    `--pgdata=${directory}`,
    `--username=${ownerName}`,
    "--encoding=UTF8",
    "--locale=C",
    `--lc-ctype=${characterType}`,
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth=scram-sha-256",
    "--no-instructions",
    ...(durable ? [] : ["--no-sync"]),
  ];
}

/** The directory can exist without a cluster in it, for example after initdb was run by hand. */
async function isComplete(cluster: string): Promise<boolean> {
  return lstat(join(cluster, "global", "pg_control")).then(Boolean, () => false);
}

/** Removes what an interrupted initdb left. */
async function removeIncomplete({ home, cluster }: Place): Promise<void> {
  const names = await readdir(home);
  const drafts = names
    .filter((name) => name.startsWith("cluster.new-") || name.startsWith(copyPrefix))
    .map((name) => join(home, name));
  for (const draft of drafts)
    await rm(draft, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  if (!names.includes("cluster")) return;
  if ((await readdir(cluster)).length > 0) {
    throw new EmbeddedPostgresError(
      "init_failed",
      `${cluster} contains files but no complete PostgreSQL database: restore it from a backup, or remove it to start with an empty database.`,
    );
  }
  await rm(cluster, { recursive: true });
}

/** Makes a rename in the directory survive a power failure. Windows cannot open a directory. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
