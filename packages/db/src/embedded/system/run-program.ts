import { spawn } from "node:child_process";
import { parse } from "node:path";

/** Numeric ids a child process gives up root for. */
export interface UnprivilegedUser {
  uid: number;
  gid: number;
}

export interface Program {
  file: string;
  args: readonly string[];
  /** Node sets the ids after it has dropped every supplementary group. */
  user?: UnprivilegedUser | undefined;
  /** Written to its standard input: the way for what must not be seen in a list of processes. */
  input?: string;
}

export interface Outcome {
  ok: boolean;
  /** Standard output and error, as they came. */
  output: string;
}

/** Runs a short program to its end. A program that cannot be run at all is an outcome too, not an exception. */
export function runProgram({ file, args, user, input }: Program): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...surroundings(user), stdio: "pipe" });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    // A program that ends without reading its input is judged by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

/**
 * What every child shares: the ids; a working directory that anyone may enter (the server's own may lie in
 * /root); and an environment without the server's secrets or PG* variables that would change PostgreSQL's mind.
 */
export function surroundings(user: UnprivilegedUser | undefined) {
  const env: NodeJS.ProcessEnv = { LC_ALL: "C", TZ: "UTC" };
  for (const name of ["PATH", "LD_LIBRARY_PATH", "SystemRoot", "TEMP", "TMP"]) {
    if (process.env[name] !== undefined) env[name] = process.env[name];
  }
  return {
    env,
    cwd: parse(process.cwd()).root,
    windowsHide: true,
    ...(user && { uid: user.uid, gid: user.gid }),
  };
}
