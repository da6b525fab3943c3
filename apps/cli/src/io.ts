import type { Readable, Writable } from "node:stream";
import type { Fetch } from "@projostack/sdk";

/** A stream for messages or data. `isTTY` is true when it is a terminal. */
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number };

export type Input = Readable & { isTTY?: boolean };

/** The parts of the status line, in their order. */
export type StatusPart = "progress" | "waiting";

/** The line of a terminal that changes. */
export interface StatusLine {
  /** Shows the text in its part of the line. Undefined removes it. The text has characters of one column only. */
  show: (part: StatusPart, text: string | undefined) => void;
  isShown: (part: StatusPart) => boolean;
  /** Removes the line for good, before the process ends. */
  close: () => void;
}

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
  /** The time that relative times are relative to. Default: now. */
  now?: (() => Date) | undefined;
  /** A replacement for fetch. Without one, requests follow the proxy variables and --ca-file. */
  fetch?: Fetch | undefined;
  /**
   * Calls the listener once, instead of ending the process, on Ctrl-C and when the process is asked to end (SIGTERM, or SIGHUP of a
   * closed terminal). The returned function removes the listener.
   */
  onInterrupt: (listener: () => void) => () => void;
  /** Ignores Ctrl-C and Ctrl-\, which are for a program that the command has started, until the returned function is called. */
  ignoreInterrupts?: () => () => void;
  /** Calls the listener once, when the process continues after Ctrl-Z. Undefined where there is no Ctrl-Z. */
  onContinue?: (listener: () => void) => void;
  /** The line for progress. Undefined when stderr is not a terminal. */
  readonly statusLine?: StatusLine | undefined;
  /** The operations whose requests change data and have no answer yet. Requests add and remove themselves. */
  readonly openChanges?: Set<string>;
  /** The addresses of the servers that have answered. Requests add them. */
  readonly answered?: Set<string>;
}

/** Returns the width of a terminal. Some terminals, as in CI jobs, report 0 columns. */
export const columnsOf = (output: Output): number => output.columns || 80;

/** Returns true when the user can be prompted: stdin and stderr are terminals. */
export const isInteractive = (io: Io): boolean => io.stdin.isTTY === true && io.stderr.isTTY === true;

/**
 * Returns true when the output shows colours: CLICOLOR_FORCE and FORCE_COLOR turn them on for pipes too, and NO_COLOR, CLICOLOR=0 and
 * TERM=dumb turn them off for terminals. The precedence is that of gh. @see https://no-color.org @see https://bixense.com/clicolors
 */
export function takesColour({ env }: Io, output: Output): boolean {
  const isForced = ["CLICOLOR_FORCE", "FORCE_COLOR"].some((name) => isOn(env[name]));
  const isOff = Boolean(env["NO_COLOR"]) || [env["CLICOLOR"], env["FORCE_COLOR"]].includes("0");
  return isForced || (output.isTTY === true && !isOff && env["TERM"] !== "dumb");
}

const isOn = (value: string | undefined): boolean => !["", "0", "false", undefined].includes(value);

/** The variables without colours, for --no-color, which takes precedence over them. */
export const withoutColour = (env: Io["env"]): Io["env"] => ({
  ...env,
  NO_COLOR: "1",
  CLICOLOR_FORCE: undefined,
  FORCE_COLOR: undefined,
});
