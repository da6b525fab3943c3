// A copy of the repository's tracked files, with the installed dependencies of the original.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { z } from "zod";

export interface RepositoryCopy {
  /** The folders of the workspace's packages that have scripts, with "." for the root. */
  readonly packages: readonly string[];
  /** Runs a script of a package.json as pnpm does. @throws Error with the output when it fails */
  run(folder: string, script: string): void;
  /** Runs a command in the root. @returns its standard output @throws Error with the output when it fails */
  command(line: string): string;
  scriptsOf(folder: string): readonly string[];
}

export function copyRepository(root: string, copy: string): RepositoryCopy {
  for (const file of trackedFiles(root)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { verbatimSymlinks: true });
  }
  const folders = trackedFiles(root)
    .filter((file) => /(?:^|\/)package\.json$/.test(file))
    .map((file) => dirname(file));
  for (const folder of folders) linkDependencies(root, copy, join(folder, "node_modules"));
  const command = (line: string, folder = ".") => {
    const bins = [folder, "."].map((one) => join(copy, one, "node_modules/.bin"));
    const { status, stdout, stderr } = spawnSync("sh", ["-c", line], {
      cwd: join(copy, folder),
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: { ...outerEnvironment(), PATH: [...bins, process.env["PATH"]].join(delimiter) },
    });
    if (status !== 0) throw new Error(`${folder}: ${line}\n${stdout.slice(-20_000)}${stderr.slice(-10_000)}`);
    return stdout;
  };
  const scriptsIn = (folder: string) => readScripts(join(copy, folder, "package.json"));
  command(
    "git init -q -b main . && git add -A && git -c user.name=t -c user.email=t@example.com commit -qm copy",
  );
  return {
    packages: folders,
    command,
    scriptsOf: (folder) => Object.keys(scriptsIn(folder)),
    run: (folder, script) => {
      const line = scriptsIn(folder)[script];
      if (line === undefined) throw new Error(`${folder} has no script ${script}.`);
      command(line, folder);
    },
  };
}

const readScripts = (manifest: string): Readonly<Record<string, string>> =>
  z
    .object({ scripts: z.record(z.string(), z.string()).default({}) })
    .parse(JSON.parse(readFileSync(manifest, "utf8"))).scripts;

/** Without what Vitest tells the processes that it starts. */
const outerEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:VITEST|TEST$|NODE_ENV$|PROJO_)/.test(name)),
  );

function trackedFiles(root: string): string[] {
  const { stdout } = spawnSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], {
    cwd: root,
    encoding: "utf8",
  });
  return stdout.split("\0").filter((file) => file !== "" && existsSync(join(root, file)));
}

/** Repeats pnpm's relative links, so that the packages of the workspace are those of the copy. */
function linkDependencies(root: string, copy: string, folder: string): void {
  if (!existsSync(join(root, folder))) return;
  mkdirSync(join(copy, folder), { recursive: true });
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === ".pnpm" || entry.name === ".bin") symlinkSync(join(root, path), join(copy, path));
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(join(root, path)), join(copy, path));
    else if (entry.isDirectory() && entry.name.startsWith("@")) linkDependencies(root, copy, path);
  }
}
