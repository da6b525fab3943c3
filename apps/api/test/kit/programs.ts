// The server and the operator's program in processes of their own.
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** Variables of the environment. An undefined one is removed. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type ProgramName = "main" | "operator";

/** How Node.js starts a program: its own options, and the program's file. */
export interface Program {
  readonly execArgv: readonly string[];
  readonly file: string;
}

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/**
 * The program's build when that is newer than every source, since it starts three times as fast, and otherwise its sources,
 * which tsx compiles.
 */
export function programOf(name: ProgramName): Program {
  if (isBuildNew()) return { execArgv: [], file: join(root, `apps/api/dist/${name}.js`) };
  return {
    execArgv: ["--import", import.meta.resolve("tsx"), "--conditions=@projostack/source"],
    file: join(root, `apps/api/src/${name}.ts`),
  };
}

const PACKAGES = [
  { directory: "apps/api", built: "main.js" },
  ...["authz", "contract", "db"].map((name) => ({ directory: `packages/${name}`, built: "index.js" })),
];

let isNew: boolean | undefined;
function isBuildNew(): boolean {
  isNew ??= PACKAGES.every(({ directory, built }) => {
    const build = statSync(join(root, directory, "dist", built), { throwIfNoEntry: false });
    return build !== undefined && newestIn(join(root, directory, "src")) <= build.mtimeMs;
  });
  return isNew;
}

const newestIn = (directory: string): number =>
  Math.max(
    ...readdirSync(directory, { withFileTypes: true }).map((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs;
    }),
  );

export function startProgram(name: ProgramName, args: readonly string[], env: Environment): ChildProcess {
  const { execArgv, file } = programOf(name);
  return spawn(process.execPath, [...execArgv, file, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** Runs the operator's program to its end. */
export async function runOperator(args: readonly string[], env: Environment): Promise<Ended> {
  const child = startProgram("operator", args, env);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  if (!child.stdout || !child.stderr) throw new Error("the program has no pipes");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { out, err, code: await ended };
}
