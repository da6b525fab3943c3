// The published package, installed with npm into an empty directory, without the network.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const server = join(import.meta.dirname, "../..");
const run = promisify(execFile);

export interface PackedServer {
  /** The directory in which npm installed the package. */
  readonly directory: string;
  /** The executable. */
  readonly program: string;
  remove(): Promise<void>;
}

/** Builds, packs and installs the server. */
export async function installPackedServer(): Promise<PackedServer> {
  const folder = await mkdtemp(join(tmpdir(), "projostack-server-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const [tarballs, directory] = [join(folder, "tarballs"), join(folder, "empty")];
    await mkdir(tarballs);
    await mkdir(directory);
    await runPnpm(["--filter", "@projostack/server", "pack", "--pack-destination", tarballs]);
    // npm would take these two from the registry. The test packs the ones of this checkout, so that it needs no network.
    for (const source of native()) await run("npm", ["pack", source, "--pack-destination", tarballs]);
    const files = (await readdir(tarballs)).map((name) => join(tarballs, name));
    const flags = ["--offline", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", ...files, ...flags], { cwd: directory });
    return { directory, program: join(directory, "node_modules/.bin/projostack"), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The directories of argon2 and of its binary for this machine. */
function native(): string[] {
  const argon2 = createRequire(join(server, "package.json")).resolve("@node-rs/argon2/package.json");
  const names = Object.keys(
    (createRequire(import.meta.url)(argon2) as { optionalDependencies: object }).optionalDependencies,
  );
  const fromArgon2 = createRequire(argon2);
  const binaries = names.flatMap((name) => {
    try {
      return [dirname(fromArgon2.resolve(`${name}/package.json`))];
    } catch {
      // The binary of another platform, which is not installed.
      return [];
    }
  });
  return [dirname(argon2), ...binaries];
}

/** Runs the pnpm that started the tests, or pnpm through npx. */
async function runPnpm(args: readonly string[]): Promise<void> {
  const pnpm = process.env["npm_execpath"] ?? "";
  const cwd = join(server, "../..");
  if (!/pnpm/.test(basename(pnpm))) await run("npx", ["-y", "pnpm@12", ...args], { cwd });
  else if (/\.[cm]?js$/.test(pnpm)) await run(process.execPath, [pnpm, ...args], { cwd });
  else await run(pnpm, [...args], { cwd });
}
