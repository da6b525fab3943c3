// Remembers the command that runs, so that the report of an error can name its options and arguments.
import type { Command } from "commander";
import type { Io } from "../io.ts";

const running = new WeakMap<Io, Command>();

export const rememberCommand = (io: Io, command: Command): void => void running.set(io, command);

/** Returns the command that runs with these streams. Undefined before its command line is parsed. */
export const runningCommand = (io: Io): Command | undefined => running.get(io);
