import type { Command } from "commander";

/** A command line that commander does not accept. `explainUsage` describes it for the user. */
export class CommandLineError extends Error {
  override readonly name = "CommandLineError";

  /** The last command that the command line names. */
  readonly command: Command;
  /** The kind of problem, as commander names it. */
  readonly code: string;

  /** @param message the message of commander */
  constructor(command: Command, code: string, message: string) {
    super(message);
    this.command = command;
    this.code = code;
  }
}
