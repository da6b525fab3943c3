import type { Command } from "commander";
import type { Io } from "./io.ts";
import type { Server, ServerOptions } from "./connection/server.ts";
import { type Printer, printer } from "./terminal/printer.ts";

/** Input, output and server of a running command. */
export interface Cli extends Printer {
  readonly io: Io;
  /** Opens the selected server. Reads the credentials file and sends no request. */
  server: () => Promise<Server>;
  /** Opens the server of a stored account, also if PROJO_TOKEN is set. */
  serverOf: (account: { url: string; email: string }) => Promise<Server>;
}

export type Start = (command: Command) => Cli;

export interface GlobalOptions extends ServerOptions {
  json?: boolean;
}

export function openCli(io: Io, options: GlobalOptions): Cli {
  const output = printer(io, options.json === true);
  let printMessage = output.message;
  const message = (text: string) => printMessage(text);
  return {
    ...output,
    message,
    io,
    // Loaded only here, so that the help, and commands without a server, start faster.
    server: async () => {
      const { openServer } = await import("./connection/server.ts");
      const server = await openServer(io, options, message);
      printMessage = (text) => output.message(server.completeCommands(text));
      return server;
    },
    serverOf: async ({ url, email }) => {
      const { openServer } = await import("./connection/server.ts");
      return openServer(io, { ...options, url, account: email, ignoresToken: true }, message);
    },
  };
}
