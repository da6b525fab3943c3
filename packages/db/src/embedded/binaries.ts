import { EmbeddedPostgresError, failureLines } from "./system/embedded-postgres-error.ts";
import { reachableCopy } from "./system/reachable-copy.ts";
import { runProgram, type UnprivilegedUser } from "./system/run-program.ts";

export interface Binaries {
  postgres: string;
  initdb: string;
  pgCtl: string;
  /** Such as 18.4 */
  version: string;
}

type Paths = Omit<Binaries, "version">;

/** Finds PostgreSQL's programs for this machine, where `user` can run them. @throws EmbeddedPostgresError no_binaries */
export async function findBinaries(user: UnprivilegedUser | undefined, systemDir: string): Promise<Binaries> {
  const packageName = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const paths = await load(packageName);
  // Running a program is the only reliable check: besides file modes, a parent directory, a mount option or a missing
  // library can prevent it.
  const attempt = await versionOf(paths, user);
  if (attempt.version) return { ...paths, version: attempt.version };

  const asServer = user ? await versionOf(paths, undefined) : attempt;
  if (!user || !asServer.version) throw unusable(packageName, asServer.output);

  const copied = await reachableCopy(paths, { version: asServer.version, systemDir });
  const retry = await versionOf(copied, user);
  if (!retry.version) throw unusable(packageName, retry.output);
  return { ...copied, version: retry.version };
}

/** Imports the optional package for this platform. Its name is only known at run time. */
async function load(packageName: string): Promise<Paths> {
  let found: unknown;
  try {
    found = await import(packageName);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      "no_binaries",
      `The package ${packageName} with PostgreSQL's programs is not installed: set DATABASE_URL to a PostgreSQL server, or install the package.`,
      { cause },
    );
  }
  if (typeof found === "object" && found && "postgres" in found && "initdb" in found && "pg_ctl" in found) {
    const { postgres, initdb, pg_ctl: pgCtl } = found;
    if (typeof postgres === "string" && typeof initdb === "string" && typeof pgCtl === "string") {
      return { postgres, initdb, pgCtl };
    }
  }
  throw unusable(packageName, "it does not export the paths postgres, initdb and pg_ctl");
}

async function versionOf({ postgres }: Paths, user: UnprivilegedUser | undefined) {
  const { ok, output } = await runProgram({ file: postgres, args: ["--version"], user });
  return { output, version: ok ? /\d+(\.\d+)*/.exec(output)?.[0] : undefined };
}

function unusable(packageName: string, output: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "no_binaries",
    `The PostgreSQL of ${packageName} does not run here (${failureLines(output)}): reinstall it with its install script (pnpm rebuild ${packageName}), or set DATABASE_URL to a PostgreSQL server.`,
  );
}
