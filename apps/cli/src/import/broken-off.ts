import { isProjoError } from "@projostack/sdk";
import { CliError, interrupted } from "../cli-error.ts";
import { explain, exitCodeOf, type Teller } from "../explain.ts";
import type { Imported } from "./import-tasks.ts";

interface Progress {
  total: Imported;
  /** The line of the last row that is dealt with, or 0. */
  doneToLine: number;
  /** True when the person stopped it. */
  stopped: boolean;
  /** Whom to speak to of what went wrong. */
  teller: Teller;
}

/** The error, with how far the import came and how to go on. */
export function brokenOff(error: unknown, { total, doneToLine, stopped, teller }: Progress): unknown {
  const { created, existing } = total;
  const details = { created, existing, doneToLine };
  const reach =
    doneToLine === 0
      ? "Nothing was imported yet."
      : `The rows up to line ${doneToLine} are done: ${created} imported, ${existing} were there already.`;
  const goOn = "Run the same command again to continue.";
  if (stopped) return interrupted(`Stopped. ${reach} ${goOn}`, details);
  if (!isProjoError(error)) return error;
  const { requestId } = error;
  return new CliError(error.reason ?? "cli.broken_off", `${explain(error, teller)} ${reach} ${goOn}`, {
    exitCode: exitCodeOf(error),
    details: requestId === undefined ? details : { ...details, requestId },
    cause: error,
  });
}
