// `projostack migrate` as a process of its own.
import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { newestIn } from "./newest-in.ts";

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
