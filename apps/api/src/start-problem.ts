import {
  connectionProblem,
  EmbeddedPostgresError,
  MigrationError,
  UnsafeLogin,
  UnsuitableServer,
} from "@projostack/db";
import { ConfigError } from "./config/config.ts";
import { WebFilesError } from "./http/web/web-files.ts";
import { KeyRingError } from "./identity/key-ring.ts";
import { MetricsAddressError } from "./observe/metrics/metrics-server.ts";
import { DataDirectoryError } from "./runtime/data-directory.ts";
import { StartFailure } from "./runtime/database.ts";
import { LivingServersError } from "./servers/join-servers.ts";

/**
 * Describes why the program did not start, in a line that says what to do. An unexpected error keeps its stack.
 * @param database the setting that names the database
 */
export function startProblem(error: unknown, database = "DATABASE_URL"): string {
  if (error instanceof StartFailure) return startProblem(error.cause, error.setting);
  if (error instanceof UnsafeLogin || error instanceof UnsuitableServer) {
    return `${database}: ${error.message}`;
  }
  if (error instanceof MigrationError) return migrationProblem(error, database);
  if (
    error instanceof ConfigError ||
    error instanceof DataDirectoryError ||
    error instanceof WebFilesError ||
    error instanceof MetricsAddressError ||
    error instanceof KeyRingError ||
    error instanceof LivingServersError ||
    error instanceof EmbeddedPostgresError
  ) {
    return error.message;
  }
  return localProblem(error) ?? connectionProblem(error, database) ?? stackOf(error);
}

/** A migration that PostgreSQL refused has the refusal as its cause. */
function migrationProblem(error: MigrationError, database: string): string {
  const line = error.message.replaceAll(/\s*\n\s*/g, " ");
  return error.cause === undefined ? line : `${database}: ${line}`;
}

/** A problem of this machine: its files and its port. */
function localProblem(error: unknown): string | null {
  const { code, message, port, syscall } = factsOf(error);
  if (syscall === "mkdir" || syscall === "open") {
    return `PROJO_DATA_DIR: the server cannot keep its data there (${message}). Choose a directory that you can write to.`;
  }
  if (syscall === "connect") return null;
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} is taken. Stop what uses it, or choose another, such as PORT=4001.`;
    case "EACCES":
      return `The server may not do this: ${message}. Choose another PORT, or a PROJO_DATA_DIR that you can write to.`;
    case "EADDRNOTAVAIL":
      return "This machine does not have the address in HOST. Leave HOST out to listen on 127.0.0.1.";
    default:
      return null;
  }
}

const stackOf = (error: unknown): string => {
  const { stack, message } = factsOf(error);
  return stack ?? message;
};

interface Facts {
  code: string | undefined;
  message: string;
  port: number | undefined;
  stack: string | undefined;
  /** The failed system call, such as `connect`, `listen` or `open`. */
  syscall: string | undefined;
}

function factsOf(error: unknown): Facts {
  if (!(error instanceof Error))
    return { code: undefined, message: String(error), port: undefined, stack: undefined, syscall: undefined };
  // Several addresses of one host name were tried. The error of the first address is reported.
  if (error instanceof AggregateError && error.errors[0] !== undefined) return factsOf(error.errors[0]);
  const { code, port, syscall } = error as Error & { code?: string; port?: number; syscall?: string };
  return { code, message: error.message, port, stack: error.stack, syscall };
}
