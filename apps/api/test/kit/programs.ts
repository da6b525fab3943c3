// The server and the operator's program as processes of their own, from their sources.
import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** What the environment has in it; what is undefined is taken out. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function startProgram(
  name: "main" | "operator",
  args: readonly string[],
  env: Environment,
): ChildProcess {
  const program = fileURLToPath(new URL(`../../src/${name}.ts`, import.meta.url));
  const tsx = ["--import", import.meta.resolve("tsx"), "--conditions=@projostack/source"];
  return spawn(process.execPath, [...tsx, program, ...args], {
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
