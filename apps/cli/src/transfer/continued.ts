import { isProjoError } from "@projostack/sdk";
import { CliError, interrupted } from "../cli-error.ts";
import { callerOf } from "../credentials/service-key.ts";
import { exitCodeOf } from "../exit-code.ts";
import { explain } from "../explain.ts";
import type { Io } from "../io.ts";

/**
 * Returns what a stopped or failed export or import reports. It adds to a temporary error of the connection or of the server that the
 * same command continues. Another error stays as it is.
 */
export function continued(error: unknown, io: Io, signal: AbortSignal): unknown {
  if (signal.aborted) return interrupted("Stopped. Run the same command again: it continues.");
  if (!isProjoError(error) || error.cause instanceof CliError) return error;
  const isTemporary = error.status === undefined || error.status === 429 || error.status >= 500;
  const message = explain(error, callerOf(io));
  if (!isTemporary || message.endsWith(" to continue.")) return error;
  // Some messages end with a command.
  const next = message.endsWith(".") ? " Run" : ", then run";
  const text = `${message}${next} the same command again: it continues.`;
  return new CliError(error.reason ?? "cli.broken_off", text, {
    exitCode: exitCodeOf(error),
    details: error.requestId === undefined ? {} : { requestId: error.requestId },
    cause: error,
  });
}
