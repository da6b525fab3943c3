import type { Readable, Writable } from "node:stream";
import type { Fetch } from "@projostack/sdk";

/** A stream for messages or data. `isTTY` is true when it is a terminal. */
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number };

export type Input = Readable & { isTTY?: boolean };

/** Everything a command uses outside its own code. Passed as an argument, so that tests can replace it. */
export interface Io {
  stdin: Input;
  /** For data, which the next program in a pipe reads. */
  stdout: Output;
  /** For messages, errors, prompts and progress. */
  stderr: Output;
  env: Readonly<Record<string, string | undefined>>;
  /** Undefined when the user has none: the user id has no passwd entry, and HOME is not set. */
  homeDirectory: string | undefined;
  /** The variables of `env` whose value comes from the settings file. */
  readonly settingVariables?: ReadonlySet<string>;
  /** @throws CliError when the working directory was deleted */
  readonly workingDirectory: string;
  platform: NodeJS.Platform;
  /** A replacement for fetch. Without one, requests follow the proxy variables and --ca-file. */
  fetch?: Fetch | undefined;
  /** Calls the listener on Ctrl-C instead of ending the process. The returned function removes the listener. */
  onInterrupt: (listener: () => void) => () => void;
}

/** Returns the width of a terminal. Some terminals, as in CI jobs, report 0 columns. */
export const columnsOf = (output: Output): number => output.columns || 80;

/** Returns true when the user can be prompted: stdin and stderr are terminals. */
export const isInteractive = (io: Io): boolean => io.stdin.isTTY === true && io.stderr.isTTY === true;

/** Returns true when the output shows colours. @see https://no-color.org */
export const takesColour = (io: Io, output: Output): boolean =>
  output.isTTY === true && !io.env["NO_COLOR"] && io.env["TERM"] !== "dumb";
