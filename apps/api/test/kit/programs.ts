// The program of the server and of operators, in processes of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { newestIn } from "@projostack/db/testing";

/** Variables of the environment. An undefined one is removed. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How Node.js starts the program: its own options, and the program's file. A command follows. */
export interface Program {
  readonly execArgv: readonly string[];
  readonly file: string;
}

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/**
 * The program's build when that is newer than every source, since it starts three times as fast, and otherwise its sources,
 * which tsx compiles.
 */
export function programOf(): Program {
  if (isBuildNew()) return { execArgv: [], file: built };
  return {
    execArgv: ["--import", import.meta.resolve("tsx"), "--conditions=@projostack/source"],
    file: join(root, "apps/server/src/main.ts"),
  };
}

const built = join(root, "apps/server/dist/projostack.js");
const bundled = ["apps/api", "apps/server", "packages/authz", "packages/contract", "packages/db"];

let isNew: boolean | undefined;
function isBuildNew(): boolean {
  const build = statSync(built, { throwIfNoEntry: false });
  isNew ??=
    build !== undefined &&
    bundled.every((directory) => newestIn(join(root, directory, "src")) <= build.mtimeMs);
  return isNew;
}

export function startProgram(args: readonly string[], env: Environment): ChildProcess {
  const { execArgv, file } = programOf();
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

/** Runs a command to its end. */
export async function runOperator(args: readonly string[], env: Environment): Promise<Ended> {
  const child = startProgram(args, env);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  if (!child.stdout || !child.stderr) throw new Error("the program has no pipes");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { out, err, code: await ended };
}
