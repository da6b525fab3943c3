// Containers often run with a user id that has no entry in /etc/passwd: OpenShift always does, and `docker run --user 12345`.
// PostgreSQL itself needs no entry. Two of its programs do: initdb and the single-user mode ask the C library for the name of
// the user (getpwuid) and end without one, although the name has no effect here: the owner's name is an argument.
//
// The programs have no option for this, and no library can be preloaded without shipping one. So a temporary copy of the
// two programs imports getpwent in place of getpwuid. Both have the same type, the same version and a name of the same
// length; getpwent returns the first user in /etc/passwd, for every user id. The copy exists for seconds.

import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import { type Outcome, runProgram, type UnprivilegedUser } from "./run-program.ts";

export interface SetupPrograms {
  postgres: string;
  initdb: string;
}

/** The prefix of the copy's directory. A start removes what an interrupted earlier one left. */
export const copyPrefix = "programs.new-";

const needsEntry = "could not look up effective user ID";

/**
 * Runs a program that needs a passwd entry. If the user has none, it runs again from a copy that needs none. `attempt` runs the
 * program with the given paths.
 */
export async function runWithoutPasswdEntry(
  programs: SetupPrograms,
  { directory, user }: { directory: string; user: UnprivilegedUser | undefined },
  attempt: (programs: SetupPrograms) => Promise<Outcome>,
): Promise<Outcome> {
  const first = await attempt(programs);
  if (first.ok || process.platform !== "linux" || !first.output.includes(needsEntry)) return first;
  // The data directory can be on a file system without permission to run programs.
  for (const parent of [directory, tmpdir()]) {
    const copy = await copyInto(parent, programs).catch(() => undefined);
    if (!copy) continue;
    try {
      const { ok } = await runProgram({ file: copy.postgres, args: ["--version"], user });
      if (ok) return await attempt(copy);
    } finally {
      await rm(dirname(dirname(copy.postgres)), { recursive: true, force: true });
    }
  }
  return first;
}

/** What helps a user without a passwd entry for whom the copy did not work. Undefined for another failure. */
export function passwdEntryAdvice(output: string, uid: number | undefined): string | undefined {
  if (!output.includes(needsEntry)) return undefined;
  return `the user id ${uid} has no entry in /etc/passwd: add one (as root: echo "projo:x:${uid}:0::/tmp:/bin/sh" >> /etc/passwd) and start again, or set DATABASE_URL to a PostgreSQL server`;
}

async function copyInto(parent: string, programs: SetupPrograms): Promise<SetupPrograms> {
  const root = await mkdtemp(join(parent, copyPrefix));
  try {
    // Root creates the copy and another user runs it.
    await chmod(root, 0o755);
    const original = dirname(dirname(programs.postgres));
    await mkdir(join(root, "bin"));
    await chmod(join(root, "bin"), 0o755);
    // The programs find their libraries and files relative to their own directory.
    for (const name of ["lib", "share"]) await symlink(join(original, name), join(root, name));
    const [postgres, initdb] = await Promise.all(
      [programs.postgres, programs.initdb].map(async (file) => {
        const target = join(root, "bin", basename(file));
        await writeFile(target, withoutUserLookup(await readFile(file)), { mode: 0o755 });
        await chmod(target, 0o755);
        return target;
      }),
    );
    return { postgres: postgres ?? "", initdb: initdb ?? "" };
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
}

/** Replaces the name of the imported function. @throws Error if the program does not import it exactly once */
function withoutUserLookup(program: Buffer): Buffer {
  const imported = Buffer.from("\0getpwuid\0");
  const at = program.indexOf(imported);
  if (at === -1 || program.indexOf(imported, at + 1) !== -1) {
    throw new Error("The program does not import getpwuid as expected.");
  }
  const changed = Buffer.from(program);
  changed.write("getpwent", at + 1, "latin1");
  return changed;
}
