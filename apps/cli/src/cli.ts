import type { Command } from "commander";
import type { Io } from "./io.ts";
import type { Server, ServerOptions } from "./connection/server.ts";
import { type Printer, printer } from "./terminal/printer.ts";

/** Input, output and server of a running command. */
export interface Cli extends Printer {
  readonly io: Io;
  /** Opens the selected server. Reads the credentials file and sends no request. */
  server: () => Promise<Server>;
}

export type Start = (command: Command) => Cli;

export interface GlobalOptions extends ServerOptions {
  json?: boolean;
}

export function openCli(io: Io, options: GlobalOptions): Cli {
  const output = printer(io, options.json === true);
  return {
    ...output,
    io,
    // Loaded only here, so that the help, and commands without a server, start faster.
    server: async () => (await import("./connection/server.ts")).openServer(io, options, output.message),
  };
}
