import type { Readable, Writable } from "node:stream";
import type { Fetch } from "@projostack/sdk";

/** Where words or data go. `isTTY` says that a person watches. */
export type Output = Writable & { isTTY?: boolean; columns?: number };

export type Input = Readable & { isTTY?: boolean };

/** This process among the others of the machine. */
export interface Self {
  pid: number;
  host: string;
  isRunning: (pid: number) => boolean;
}

/** Everything a command may touch outside itself. Handed in, so that a test can stand in for the world. */
export interface Io {
  stdin: Input;
  /** Data: what the next program in the pipe reads. */
  stdout: Output;
  /** Words: what happened, what went wrong, questions, progress. */
  stderr: Output;
  env: Readonly<Record<string, string | undefined>>;
  homeDirectory: string;
  workingDirectory: string;
  platform: NodeJS.Platform;
  self: Self;
  fetch: Fetch;
  /** Calls back on Ctrl-C instead of ending the process, until the returned function is called. */
  onInterrupt: (listener: () => void) => () => void;
}

/** True when questions can be asked: a person types and sees. */
export const isInteractive = (io: Io): boolean => io.stdin.isTTY === true && io.stderr.isTTY === true;

/** True when the output takes colour. @see https://no-color.org */
export const takesColour = (io: Io, output: Output): boolean =>
  output.isTTY === true && !io.env["NO_COLOR"] && io.env["TERM"] !== "dumb";
