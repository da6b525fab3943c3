import type { Command } from "commander";
import type { Io } from "./io.ts";
import { openServer, type Server, type ServerOptions } from "./server.ts";
import { type Printer, printer } from "./terminal/printer.ts";

/** What a command works with. */
export interface Cli extends Printer {
  readonly io: Io;
  /** The server meant. Reads what is stored; sends nothing. */
  server: () => Promise<Server>;
}

export type Start = (command: Command) => Cli;

export interface GlobalOptions extends ServerOptions {
  json?: boolean;
}

export function openCli(io: Io, options: GlobalOptions): Cli {
  const speaks = printer(io, options.json === true);
  return { ...speaks, io, server: () => openServer(io, options, speaks.say) };
}
