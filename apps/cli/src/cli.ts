import type { Command } from "commander";
import type { Io } from "./io.ts";
import type { Server, ServerOptions } from "./connection/server.ts";
import { isValueOutput, printsPages, type OutputOptions } from "./output/output-options.ts";
import type { FormatValue } from "./output/format-value.ts";
import { type Printer, printer } from "./terminal/printer.ts";

/** Input, output and server of a running command. */
export interface Cli extends Printer {
  readonly io: Io;
  /** True with --quiet: only ids are printed. */
  readonly quiet: boolean;
  /** True if the output of a list contains the cursor of the next page. */
  readonly showsCursor: boolean;
  /** Adds the options that the next command must repeat to each command that a text names. Changes nothing before `server`. */
  completeCommands: (text: string) => string;
  /** Opens the selected server. Reads the credentials file and sends no request. */
  server: () => Promise<Server>;
  /** Opens the server of a stored account, also if PROJO_TOKEN is set. */
  serverOf: (account: { url: string; email: string }) => Promise<Server>;
}

export type Start = (command: Command) => Cli;

/**
 * Adds what a command consists of: its subcommands, or its arguments, options and action. If `named` is a subcommand, the others can
 * be left out.
 */
export type Define = (command: Command, start: Start, named?: string) => void;

export interface GlobalOptions extends ServerOptions, OutputOptions {}

/** `format` prints data if the options ask for more than whole JSON. */
export function openCli(io: Io, options: GlobalOptions, format?: FormatValue): Cli {
  const output = printer(io, { ...options, json: isValueOutput(options), format });
  let complete = unchanged;
  const message = (text: string) => output.message(complete(text));
  return {
    ...output,
    message,
    completeCommands: (text) => complete(text),
    io,
    quiet: options.quiet === true,
    showsCursor: printsPages(options),
    // Loaded only here, so that the help, and commands without a server, start faster.
    server: async () => {
      const { openServer } = await import("./connection/server.ts");
      const server = await openServer(io, options, message);
      complete = server.completeCommands;
      return server;
    },
    serverOf: async ({ url, email }) => {
      const { openServer } = await import("./connection/server.ts");
      return openServer(io, { ...options, url, account: email, ignoresToken: true }, message);
    },
  };
}

const unchanged = (text: string): string => text;
