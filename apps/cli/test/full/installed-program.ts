// Packs the CLI and installs the package with npm, without the network, as a user installs it from a registry. This takes longer than
// many of the tests that use it, so it is done once in a run, whose workers share a directory.
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "@projostack/api/testing";
import { inject } from "vitest";

const run = promisify(execFile);
const MAX_WAIT_SECONDS = 280;
const root = join(import.meta.dirname, "../../../..");

export interface InstalledProgram {
  /** The path of the executable file `projo`. */
  readonly program: string;
  /** The directory with `node_modules`. */
  readonly directory: string;
  readonly tarball: string;
}

/** Returns the installation of this run, which no test may change. */
export async function installedProgram(): Promise<InstalledProgram> {
  const folder = inject("installation");
  const [directory, result] = [join(folder, "installed"), join(folder, "result.json")];
  // One caller creates the directory. The others wait for its result.
  const isFirst = await mkdir(directory).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );
  if (isFirst) {
    const outcome = await install(folder, directory).catch((error: unknown) => ({ error: String(error) }));
    await writeFile(`${result}.part`, JSON.stringify(outcome));
    await rename(`${result}.part`, result);
  }
  const written = await eventually(() => readFile(result, "utf8").catch(() => undefined), MAX_WAIT_SECONDS);
  const outcome = JSON.parse(written) as InstalledProgram | { error: string };
  if ("error" in outcome) throw new Error(outcome.error);
  return outcome;
}

async function install(folder: string, directory: string): Promise<InstalledProgram> {
  const packed = join(folder, "packed");
  await mkdir(packed);
  await pnpm(["--filter", "@projostack/cli", "pack", "--pack-destination", packed]);
  const [name = ""] = await readdir(packed);
  const tarball = join(packed, name);
  await run("npm", ["install", tarball, "--offline", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: directory,
  });
  return { program: join(directory, "node_modules/.bin/projo"), directory, tarball };
}

/** Runs the pnpm that started the tests, or pnpm through npx. */
async function pnpm(args: readonly string[]): Promise<void> {
  const started = process.env["npm_execpath"] ?? "";
  if (!/pnpm/.test(basename(started))) await run("npx", ["-y", "pnpm@12", ...args], { cwd: root });
  else if (/\.[cm]?js$/.test(started)) await run(process.execPath, [started, ...args], { cwd: root });
  else await run(started, [...args], { cwd: root });
}
