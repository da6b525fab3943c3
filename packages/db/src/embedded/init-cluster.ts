import { randomBytes } from "node:crypto";
import { chown, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError, lastWords } from "./system/embedded-postgres-error.ts";
import { ownerName, ownerPassword, ownerPasswordFile } from "./owner-password.ts";
import type { Place } from "./place.ts";
import { runProgram } from "./system/run-program.ts";

/** Character classes for trigrams and text search come from here; the last one exists everywhere. */
const characterTypes = ["C.UTF-8", "en_US.UTF-8", "C"];

/**
 * Makes the cluster on first use. initdb works in a directory beside it, which gets the cluster's name when it is
 * complete: a cluster that has its name is whole, whatever happened halfway. The caller holds the lock.
 *
 * @throws EmbeddedPostgresError init_failed
 */
export async function initCluster(
  place: Place,
  binaries: Binaries,
  { durable }: { durable: boolean },
): Promise<void> {
  if (await isComplete(place.cluster)) return;
  await removeHalfMade(place);
  await ownerPassword(place, binaries);

  const draft = `${place.cluster}.new-${randomBytes(6).toString("hex")}`;
  let output = "";
  for (const characterType of characterTypes) {
    await mkdir(draft, { mode: 0o700 });
    if (place.user) await chown(draft, place.user.uid, place.user.gid);
    const outcome = await runProgram({
      file: binaries.initdb,
      args: [...initdbArguments(draft, characterType, durable), `--pwfile=${ownerPasswordFile(place)}`],
      user: place.user,
    });
    if (outcome.ok) {
      await rename(draft, place.cluster);
      if (durable) await syncDirectory(place.home);
      return;
    }
    output = outcome.output;
    await rm(draft, { recursive: true, force: true });
    if (!output.includes("invalid locale name")) break;
  }
  throw new EmbeddedPostgresError(
    "init_failed",
    `PostgreSQL could not make a database in ${place.home} (${lastWords(output)}): mend that and start again, or set PROJO_DATA_DIR to another directory.`,
  );
}

/**
 * The builtin provider sorts by code point and knows upper and lower case of every letter, the same on every
 * system and after its upgrades. Text is UTF-8. Nobody logs in without a password should someone start this
 * cluster by hand: our own starts bring their own rules.
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

/** initdb by hand, or an older layout, may have left a directory of that name without a cluster in it. */
async function isComplete(cluster: string): Promise<boolean> {
  return lstat(join(cluster, "global", "pg_control")).then(Boolean, () => false);
}

async function removeHalfMade({ home, cluster }: Place): Promise<void> {
  const names = await readdir(home);
  const drafts = names.filter((name) => name.startsWith("cluster.new-")).map((name) => join(home, name));
  for (const draft of drafts)
    await rm(draft, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  if (!names.includes("cluster")) return;
  if ((await readdir(cluster)).length > 0) {
    throw new EmbeddedPostgresError(
      "init_failed",
      `${cluster} holds files but no whole PostgreSQL database: restore it from a backup, or remove it to begin with an empty database.`,
    );
  }
  await rm(cluster, { recursive: true });
}

/** After this the new name survives a power failure. Windows cannot open a directory. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
