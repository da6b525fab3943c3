// `projostack migrate` as a process of its own.
import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const built = join(root, "apps/server/dist/projostack.js");
const sources = [
  "apps/api/src",
  "apps/server/src",
  "packages/authz/src",
  "packages/contract/src",
  "packages/db/src",
  "packages/db/prisma/migrations",
];

/** Runs `projostack migrate` with only this environment. */
export async function runMigrate(
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...programWords(), "migrate"],
      { env: { PATH: process.env["PATH"], ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
  });
}

let words: readonly string[] | undefined;

/** The build when it is newer than every source, since it starts several times as fast, and otherwise the sources. */
function programWords(): readonly string[] {
  const fromSource = [
    "--import",
    import.meta.resolve("tsx"),
    "--conditions=@projostack/source",
    join(root, "apps/server/src/main.ts"),
  ];
  return (words ??= isBuildNew() ? [built] : fromSource);
}

function isBuildNew(): boolean {
  const build = statSync(built, { throwIfNoEntry: false });
  return build !== undefined && sources.every((source) => newestIn(join(root, source)) <= build.mtimeMs);
}

/** @returns when the newest file in the directory was changed, in ms since 1970. Tests are not part of a build. */
const newestIn = (directory: string): number =>
  Math.max(
    0,
    ...readdirSync(directory, { withFileTypes: true }).map((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return newestIn(path);
      return /\.test(?:-d)?\.ts$/.test(entry.name) ? 0 : statSync(path).mtimeMs;
    }),
  );
