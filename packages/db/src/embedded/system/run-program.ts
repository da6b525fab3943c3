import { spawn } from "node:child_process";
import { parse } from "node:path";

/** The user and group ids that a child process runs with instead of root's. */
export interface UnprivilegedUser {
  uid: number;
  gid: number;
}

export interface Program {
  file: string;
  args: readonly string[];
  /** The ids to run with. Node also drops all supplementary groups. */
  user?: UnprivilegedUser | undefined;
  /** Text for the standard input. Pass secrets here, because arguments are visible in process lists. */
  input?: string;
}

export interface Outcome {
  ok: boolean;
  /** The standard output and the standard error in order of arrival. */
  output: string;
}

/** Runs a program until it ends. It never rejects: if the program cannot be started, the outcome is not `ok`. */
export function runProgram({ file, args, user, input }: Program): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...spawnOptions(user), stdio: "pipe" });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    // A program may end without reading its input, so an error of the pipe is ignored. The exit code decides.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

/**
 * The options of every child process: the ids; a working directory that every user can enter, because the server's may be in
 * /root; and an environment without the server's secrets and without PG* variables, which would change PostgreSQL's settings.
 */
export function spawnOptions(user: UnprivilegedUser | undefined) {
  const env: NodeJS.ProcessEnv = { LC_ALL: "C", TZ: "UTC" };
  for (const name of ["PATH", "LD_LIBRARY_PATH", "SystemRoot", "TEMP", "TMP"]) {
    if (process.env[name] !== undefined) env[name] = process.env[name];
  }
  // Container images use nss_wrapper to give an arbitrary user id a name.
  if (process.env["NSS_WRAPPER_PASSWD"] !== undefined) {
    for (const name of ["LD_PRELOAD", "NSS_WRAPPER_PASSWD", "NSS_WRAPPER_GROUP"]) {
      if (process.env[name] !== undefined) env[name] = process.env[name];
    }
  }
  return {
    env,
    cwd: parse(process.execPath).root,
    windowsHide: true,
    ...(user && { uid: user.uid, gid: user.gid }),
  };
}
