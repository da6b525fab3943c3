// The build that servers run before this one, from the history of the repository: its sources, installed in a directory of the
// cache. It is prepared once for each commit.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const MIGRATIONS = "packages/db/prisma/migrations";
/** Parts of the repository that the server does not need. */
const OMITTED = ["apps/web", "apps/cli", "bench", "compatibility", "docs", "examples", "test"];
const PNPM = "npx -y pnpm@12";
const INSTALL_MS = 300_000;

export interface PreviousBuild {
  readonly commit: string;
  /** The migrations that this build has and the previous one has not. */
  readonly newMigrations: readonly string[];
}

/** @returns the previous build, or why the repository has none */
export function findPreviousBuild(root: string): PreviousBuild | string {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "safe.directory=*", ...args], { cwd: root, encoding: "utf8" }).trim();
  if (!existsSync(join(root, ".git"))) return "this is no git repository";
  if (git("rev-parse", "--is-shallow-repository") === "true") {
    return "the clone is shallow and has no history: run git fetch --unshallow";
  }
  const present = readdirSync(join(root, MIGRATIONS), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const newMigrationsSince = (commit: string): string[] => {
    const files = git("ls-tree", "-r", "--name-only", commit, MIGRATIONS).split("\n");
    const known = new Set(files.map((file) => file.split("/").at(-2)));
    return present.filter((name) => !known.has(name)).toSorted();
  };
  // The last release. If it has the same migrations, then the build before the last migration.
  const release = git("log", "-1", "--format=%H", "--", "compatibility");
  const last = present.toSorted().at(-1) ?? "";
  const added = git(
    "log",
    "-1",
    "--diff-filter=A",
    "--format=%H",
    "--",
    `${MIGRATIONS}/${last}/migration.sql`,
  );
  const candidates = [release, added === "" ? "HEAD" : `${added}^`].filter((commit) => commit !== "");
  for (const candidate of candidates) {
    const newMigrations = newMigrationsSince(candidate);
    if (newMigrations.length > 0) return { commit: git("rev-parse", candidate), newMigrations };
  }
  return "no commit lacks a migration of this build";
}

/** Installs the previous build, which takes half a minute, unless the cache has it. @returns its directory */
export function preparePreviousBuild(root: string, { commit }: PreviousBuild): string {
  const cache = join(root, "node_modules/.cache/projostack/previous-build");
  const directory = join(cache, commit);
  if (existsSync(directory)) return directory;
  rmSync(cache, { recursive: true, force: true });
  const unfinished = join(cache, `${commit}.${process.pid}`);
  mkdirSync(unfinished, { recursive: true });
  const omitted = OMITTED.map((path) => `':(exclude)${path}'`).join(" ");
  run(`git -c safe.directory='*' archive ${commit} -- . ${omitted} | tar -x -C '${unfinished}'`, root);
  run(
    `${PNPM} install --frozen-lockfile --prefer-offline --ignore-scripts --filter '@projostack/api...' --filter '@projostack/server...'`,
    unfinished,
  );
  run(`${PNPM} --filter @projostack/db generate`, unfinished);
  renameSync(unfinished, directory);
  return directory;
}

/** @throws Error with the output when the command fails */
function run(line: string, cwd: string): void {
  const { status, stdout, stderr } = spawnSync("sh", ["-ec", line], {
    cwd,
    encoding: "utf8",
    timeout: INSTALL_MS,
    env: Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^(?:VITEST|TEST$|NODE_ENV$|NODE_OPTIONS$|PROJO_)/.test(name),
      ),
    ),
  });
  if (status !== 0) throw new Error(`${line}\n${stdout.slice(-5_000)}${stderr.slice(-5_000)}`);
}
