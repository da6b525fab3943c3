// The installed program in directories of the tests: a line of a shell in which `projo` is the program, as a user types it.
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import type { Outcome } from "../../../kit.ts";

export interface Place {
  /** The path of the installed program. */
  readonly program: string;
  readonly home: string;
}

export interface LineOptions {
  /** Undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Receives a function that sends a signal to the process. The line must begin with `exec`. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs a line of sh in the home directory. */
export function runLine({ program, home }: Place, line: string, options: LineOptions = {}): Promise<Outcome> {
  const { env = {}, input = "", onStart } = options;
  return new Promise((resolve, reject) => {
    const path = `${dirname(program)}:${process.env["PATH"]}`;
    const child = spawn("sh", ["-c", line], { env: { PATH: path, HOME: home, ...env }, cwd: home });
    const written = { out: "", err: "" };
    child.stdout.on("data", (bytes: Buffer) => (written.out += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (written.err += bytes.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, ...written }));
    child.stdin.on("error", () => {}).end(input);
    onStart?.((signal) => void child.kill(signal));
  });
}

/** Returns the error of a program that has failed: one line. @throws Error for other output, for a stack trace and for a token */
export function errorOf({ code, out, err }: Outcome): string {
  const isOneLine = /^projo: [^\n]+\n$/.test(err);
  if (code === 0 || out !== "" || !isOneLine || LEAKS.test(err))
    throw new Error(`The command ended with ${code}, this output and this error:\n${out}\n${err}`);
  return err.slice("projo: ".length, -1);
}

/** Stack traces, tokens, pages of other programs, and names of the program's own code. */
const LEAKS = /\n {4}at |pj[arkio]_\w|<html|of the client's options|\b\w*Error: |undefined|\[object/i;
