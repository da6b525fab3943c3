// Every failure ends here: one line on stderr that says what is wrong and what to do next, and an exit code.
import { isProjoError, UnknownOperationError } from "@projostack/sdk";
import { CliError, type ExitCode } from "./cli-error.ts";
import { isServiceKeySet } from "./credentials/service-key.ts";
import { exitCodeOf, explain } from "./explain.ts";
import type { Io } from "./io.ts";
import { harmless, harmlessJson } from "./terminal/harmless.ts";
import { errorPrefix } from "./terminal/printer.ts";

interface Report {
  exitCode: ExitCode;
  reason: string;
  message: string;
  /** What a program may want besides. */
  [detail: string]: unknown;
}

/** Says what went wrong, in words or as JSON. Returns the exit code. */
export function reportError(error: unknown, io: Io, { json }: { json: boolean }): ExitCode {
  const { exitCode, ...report } = describe(error, io);
  const text = json ? harmlessJson({ error: report }) : `${errorPrefix(io)} ${harmless(report.message)}`;
  io.stderr.write(`${text}\n`);
  return exitCode;
}

function describe(error: unknown, io: Io): Report {
  if (error instanceof CliError) {
    const { exitCode, reason, message, details } = error;
    return { exitCode, reason, message, ...details };
  }
  if (error instanceof UnknownOperationError) {
    const message = `${error.message} See: projo call --help`;
    return { exitCode: 2, reason: "cli.unknown_operation", message, didYouMean: error.closeNames };
  }
  if (!isProjoError(error)) return describeBug(error, io);
  const { operation, status, requestId, retryAfterSeconds: retryAfter, fieldErrors } = error;
  return {
    exitCode: exitCodeOf(error),
    reason: error.reason ?? `cli.${error.code.toLowerCase()}`,
    message: explain(error, { isServiceKey: isServiceKeySet(io) }),
    operation,
    status,
    requestId,
    retryAfter,
    fieldErrors,
  };
}

function describeBug(error: unknown, { env }: Io): Report {
  const what = error instanceof Error ? error.message : String(error);
  const trace = env["PROJO_DEBUG"] && error instanceof Error ? ` ${error.stack}` : "";
  return {
    exitCode: 1,
    reason: "cli.bug",
    message: `Something went wrong in projo itself: ${what} Please report it, with what PROJO_DEBUG=1 adds.${trace}`,
  };
}
