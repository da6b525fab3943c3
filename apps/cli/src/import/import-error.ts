import { isProjoError } from "@projostack/sdk";
import { CliError, interrupted } from "../cli-error.ts";
import { exitCodeOf } from "../exit-code.ts";
import { explain, type Caller } from "../explain.ts";
import type { Imported } from "./imported.ts";

interface Progress {
  total: Imported;
  /** The line of the last processed row, or 0. */
  doneToLine: number;
  /** True when the user stopped the import. */
  stopped: boolean;
  caller: Caller;
}

/** Adds to the error how many rows were imported and how to continue. */
export function importError(error: unknown, { total, doneToLine, stopped, caller }: Progress): unknown {
  const { created, existing } = total;
  const details = { created, existing, doneToLine };
  const progress =
    doneToLine === 0
      ? "Nothing was imported yet."
      : `The rows up to line ${doneToLine} are done: ${created} imported, ${existing} already existed.`;
  const next = "Run the same command again to continue.";
  if (stopped) return interrupted(`Stopped. ${progress} ${next}`, details);
  if (error instanceof CliError && error.exitCode === 1) {
    return new CliError(error.reason, `${error.message} ${progress} ${next}`, {
      details: { ...error.details, ...details },
      cause: error,
    });
  }
  if (!isProjoError(error)) return error;
  const { requestId } = error;
  return new CliError(error.reason ?? "cli.broken_off", `${explain(error, caller)} ${progress} ${next}`, {
    exitCode: exitCodeOf(error),
    details: requestId === undefined ? details : { ...details, requestId },
    cause: error,
  });
}
