// What the commands share: the result of a command, and its output as text or as JSON.
import type { Command } from "commander";
import type { ExitCode, Io } from "./io.ts";

/** The command line is not valid. The message says what to write. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The result of a command, for people and for programs. */
export interface Result {
  /** Lines of text, without a newline at the end. */
  readonly text: string;
  /** The value that --json prints. */
  readonly data: unknown;
}

/** What adds a command to the program. */
export interface Host {
  readonly io: Io;
  /** Sets the exit code of a command that has reported its own result. */
  readonly settle: (code: ExitCode) => void;
}

export type AddCommand = (parent: Command, host: Host) => void;

export const isJson = (command: Command): boolean => command.optsWithGlobals()["json"] === true;

export function print({ io }: Host, command: Command, { text, data }: Result): void {
  io.write(isJson(command) ? `${JSON.stringify(data, null, 2)}\n` : `${text}\n`);
}

/** Replaces control characters, so that a value of a user stays on its line and does not control the terminal. */
export const inOneLine = (text: string): string => text.replaceAll(/\p{C}+/gu, " ");

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

export const examples = (lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
