import { EmbeddedPostgresError, MigrationError, UnsafeLogin } from "@projostack/db";
import { ConfigError } from "./config/config.ts";
import { KeyRingError } from "./identity/key-ring.ts";
import { DataDirectoryError } from "./runtime/data-directory.ts";

/**
 * Describes why the program did not start, in a line that says what to do. An unexpected error keeps its stack.
 * @param database the setting that names the database
 */
export function startProblem(error: unknown, database = "DATABASE_URL"): string {
  if (
    error instanceof ConfigError ||
    error instanceof DataDirectoryError ||
    error instanceof KeyRingError ||
    error instanceof UnsafeLogin ||
    error instanceof MigrationError ||
    error instanceof EmbeddedPostgresError
  ) {
    return error.message;
  }
  const { code, message, port, stack, syscall } = factsOf(error);
  if (syscall === "mkdir" || syscall === "open") {
    return `PROJO_DATA_DIR: the server cannot keep its data there (${message}). Choose a directory that you can write to.`;
  }
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} is taken. Stop what uses it, or choose another: PORT=4001 npx -y pnpm@12 start`;
    case "EACCES":
      return `The server may not do this: ${message}. Choose another PORT, or a PROJO_DATA_DIR that you can write to.`;
    case "EADDRNOTAVAIL":
      return "This machine does not have the address in HOST. Leave HOST out to listen on 127.0.0.1.";
    case "ECONNREFUSED":
    case "ENOENT":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ETIMEDOUT":
      return `${database}: no PostgreSQL answers there (${code}). Start it, or correct the host and port.`;
    case "28P01":
    case "28000":
      return `${database}: PostgreSQL refuses the login (${message}). Correct the user and password, or run \`pnpm db:migrate\` (docs/database.md).`;
    case "3D000":
      return `${database}: ${message}. Create it, or correct the name.`;
    case "08P01":
      if (!message.startsWith("unsupported startup parameter")) return stack ?? message;
      return `${database}: a pooler answers there. Set PROJO_DATABASE_POOLER=transaction (docs/configuration.md).`;
    case "CERT_HAS_EXPIRED":
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return `${database}: the certificate of PostgreSQL was not accepted (${message}). Name its authority's file with sslrootcert (docs/database.md#tls).`;
    default:
      if (message === "The server does not support SSL connections") {
        return `${database}: PostgreSQL speaks no TLS there. Switch it on, or put sslmode=disable for a network that you trust (docs/database.md#tls).`;
      }
      if (/timeout expired|timeout exceeded/.test(message)) {
        return `${database}: no PostgreSQL answers there in time. Start it, or correct the host and port.`;
      }
      return stack ?? message;
  }
}

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
